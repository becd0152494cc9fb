import numpy as np
import pytest
from scipy import stats

from hbm_lib.diagnostics import sensitivity
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact
from hbm_lib.priors import Exponential, HalfCauchy, HalfNormal, Normal
from hbm_lib.protocols.eight_schools import prior_sensitivity as ps

GRID = np.linspace(-40, 60, 2001)


def test_kl_of_two_normals_is_the_closed_form():
    p, q = stats.norm(7.87, 3.27), stats.norm(8, 5)
    by_hand = np.log(5 / 3.27) + (3.27**2 + 0.13**2) / 50 - 0.5
    assert sensitivity.kl(p.pdf, q.pdf, GRID) == pytest.approx(by_hand, abs=1e-10)
    assert sensitivity.kl(p.pdf, p.pdf, GRID) == pytest.approx(0, abs=1e-12)


def test_kl_refuses_what_it_cannot_do():
    p = stats.norm(0, 1).pdf
    with pytest.raises(ValueError, match="mass"):
        sensitivity.kl(p, p, np.linspace(0, 1, 11))
    with pytest.raises(ValueError, match="odd"):
        sensitivity.kl(p, p, np.linspace(-9, 9, 10))
    with pytest.raises(ValueError, match="infinite"):
        sensitivity.kl(p, lambda x: np.zeros_like(x), np.linspace(-9, 9, 101))


def test_cjs_is_zero_for_equal_laws_and_grows():
    cdf = lambda shift: stats.norm(shift, 1).cdf(GRID)  # noqa: E731
    assert sensitivity.cjs(cdf(0), cdf(0), GRID) == 0
    near, far = (sensitivity.cjs(cdf(0), cdf(s), GRID) for s in (0.5, 2.0))
    assert 0 < near < far < 1
    assert sensitivity.cjs(cdf(0), cdf(1), GRID) == pytest.approx(sensitivity.cjs(cdf(1), cdf(0), GRID))


def test_diagnosis_in_words():
    assert sensitivity.diagnosis(0.1, 0.1) == "prior and data in conflict"
    assert sensitivity.diagnosis(0.1, 0.01) == "strong prior or weak data"
    assert sensitivity.diagnosis(0.01, 0.1) == "no sign of trouble"


@pytest.mark.parametrize("prior", [Normal(3, 2), HalfNormal(5), HalfCauchy(10)])
@pytest.mark.parametrize("alpha", [0.8, 1.0, 1.25])
def test_a_prior_to_a_power_keeps_its_shape(prior, alpha):
    x = np.array([0.5, 2.0, 9.0, 30.0])
    difference = ps.power(prior, alpha).logpdf(x) - alpha * prior.logpdf(x)
    assert difference == pytest.approx(np.full(4, difference[0]), abs=1e-9)


def test_a_prior_that_leaves_the_families_is_refused():
    with pytest.raises(ValueError, match="power"):
        ps.power(HalfCauchy(10), 0.4)
    with pytest.raises(ValueError, match="power"):
        ps.power(Exponential(1), 0.9)


def test_exact_power_scaling_agrees_with_reweighted_draws():
    data, model = es.eight_schools(), es.noncentered()
    sharp = ps.power_scaling(model, data, reach=40_000)
    drawn = ps.power_scaling_draws(model, data, seed=6, draws=10_000)
    for column in ("prior", "likelihood"):
        assert drawn[column].to_numpy() == pytest.approx(sharp[column].to_numpy(), abs=0.02)
    assert sharp.loc["tau", "diagnosis"] == "strong prior or weak data"
    assert drawn.loc["tau", "diagnosis"] == sharp.loc["tau", "diagnosis"]


def test_conflict_is_seen_when_prior_and_data_disagree():
    data = es.eight_schools()
    far = es.skeptical().with_prior(mu=Normal(60, 5), tau=HalfNormal(0.5))
    assert ps.power_scaling(far, data).loc["mu", "diagnosis"] == "prior and data in conflict"


def test_power_one_is_the_posterior_itself():
    data, model = es.eight_schools(), es.noncentered()
    assert ps.powered(model, data, 1.0, 1.0).mean("mu") == pytest.approx(exact.posterior(model, data).mean("mu"), rel=1e-13)


def test_prior_grid_has_a_row_a_prior_and_the_plain_answer():
    data, model = es.eight_schools(), es.noncentered()
    table = ps.grid(model, data)
    assert len(table) == len(ps.MU_PRIORS) * len(ps.TAU_PRIORS)
    row = table.loc[(str(Normal(0, 20)), str(HalfCauchy(10)))]
    assert row["tau median"] == pytest.approx(float(exact.posterior(model, data).quantile("tau", 0.5)))
    assert ps.tau_factor(es.skeptical(), data) == pytest.approx(2.969, abs=0.001)


def test_draws_without_the_groups_are_refused():
    from hbm_lib import fit

    tree = fit(es.noncentered(), es.eight_schools(), engine="exact", seed=1, draws=20)
    with pytest.raises(ValueError, match="log_likelihood, log_prior"):
        sensitivity.powerscale_draws(tree)
