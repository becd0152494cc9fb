"""The prior that a rescaled tau induces on the spread of the effects."""

from itertools import pairwise

import numpy as np
import pytest

from hbm_lib import seeds
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import Scale, exact
from hbm_lib.priors import HalfCauchy
from hbm_lib.protocols.eight_schools import another_prior
from hbm_lib.protocols.eight_schools.induced import Induced, pieces, slope

BASE = HalfCauchy(10).scipy()
SCALES = [
    Scale(),
    *(Scale(kind, t) for kind in ("hard", "sigmoid") for t in (1.0, 3.0, 5.0, 10.0)),
]
NAMES = [f"{s.kind} {s.threshold:g}" for s in SCALES]


@pytest.mark.parametrize("scale", SCALES, ids=NAMES)
def test_cdf_is_that_of_transformed_draws(scale):
    spread = np.sort(np.asarray(scale(HalfCauchy(10).sample(seeds.rng(1, "induced"), 40_000))))
    points = np.quantile(spread, np.linspace(0.01, 0.99, 50)) * 1.0000001
    empirical = np.searchsorted(spread, points, side="right") / len(spread)
    assert Induced(scale, BASE).cdf(points) == pytest.approx(empirical, abs=0.012)


@pytest.mark.parametrize("scale", SCALES, ids=NAMES)
def test_density_integrates_to_the_cdf(scale):
    law = Induced(scale, BASE)
    edges = sorted({0.0, 60.0, *(v for p in law.pieces for v in (p.at_low, p.at_high) if 0 < v < 60)})
    total = 0.0
    for low, high in pairwise(edges):
        # the substitution tames the density's poles where s turns
        u = (np.arange(4000) + 0.5) / 4000
        x = low + (high - low) * (3 * u**2 - 2 * u**3)
        total += float(np.sum(law.pdf(x) * (high - low) * 6 * u * (1 - u)) / 4000)
    assert total == pytest.approx(float(law.cdf(60.0)[0]), abs=2e-4)


@pytest.mark.parametrize("scale", SCALES, ids=NAMES)
def test_every_preimage_has_the_spread_asked_for(scale):
    law = Induced(scale, BASE)
    for x in (0.3, 2.0, 3.5, 4.5, 12.0):
        for tau in law.preimages(x):
            assert float(scale(np.array(tau))) == pytest.approx(x, abs=1e-9)


def test_hard_switch_overlaps_or_leaves_a_gap():
    low = Induced(Scale("hard", 3.0), BASE)
    assert low.overlap() == (3.0, 4.0)
    assert low.gap() is None
    assert len(low.preimages(3.5)) == 2
    high = Induced(Scale("hard", 10.0), BASE)
    assert high.gap() == (4.0, 10.0)
    assert high.preimages(7.0) == []
    assert high.pdf(np.array([7.0]))[0] == 0
    assert high.cdf(9.0)[0] == pytest.approx(high.cdf(5.0)[0])


def test_the_overlap_adds_both_densities():
    law = Induced(Scale("hard", 3.0), BASE)
    assert law.pdf(np.array([3.5]))[0] == pytest.approx(BASE.pdf(3.5) + BASE.pdf(2.625) / (4 / 3))


def test_sigmoid_turns_at_a_low_threshold_only():
    assert len(pieces(Scale("sigmoid", 3.0))) == 1
    assert len(pieces(Scale("sigmoid", 1.0))) == 3


@pytest.mark.parametrize("scale", SCALES, ids=NAMES)
def test_slope_is_the_derivative(scale):
    tau = np.array([0.4, 0.9, 2.7, 4.4, 9.7, 20.0])
    step = 1e-6
    found = (np.asarray(scale(tau + step)) - np.asarray(scale(tau - step))) / (2 * step)
    assert slope(scale, tau) == pytest.approx(found, abs=1e-6)


@pytest.mark.parametrize("kind", ["hard", "sigmoid"])
@pytest.mark.parametrize("threshold", [1.0, 3.0, 5.0])
def test_model3_is_model1s_likelihood_with_another_prior(kind, threshold):
    found = another_prior.compare(es.adaptive(kind, threshold=threshold), es.eight_schools())
    assert found.bayes_error < 1e-10
    assert found.distance > 0.05
    assert found.log_evidence != pytest.approx(-32.17151, abs=1e-3)


def test_evidence_is_the_induced_prior_times_the_likelihood():
    data, model = es.eight_schools(), es.adaptive("hard")
    law = Induced(model.prior.scale, BASE)
    total = 0.0
    for low, high in ((0.0, 3.0), (3.0, 4.0), (4.0, 200.0)):
        edge, weight = np.polynomial.legendre.leggauss(200)
        x = low + (high - low) * (edge + 1) / 2
        like = np.exp(another_prior.spread_likelihood(model, data, x))
        total += float((high - low) / 2 * np.sum(weight * law.pdf(x) * like))
    assert np.log(total) == pytest.approx(es_evidence(model, data), abs=1e-6)


def es_evidence(model, data):
    return exact.posterior(model, data).log_evidence


def test_a_true_change_of_coordinates_changes_nothing():
    data = es.eight_schools()
    same = another_prior.compare(es.adaptive("hard", threshold=4.0), data)
    assert same.distance < 1e-12
    assert same.effect_change < 1e-12
    assert same.log_evidence == pytest.approx(es_evidence(es.noncentered(), data), abs=1e-12)
    table = another_prior.table([same, another_prior.compare(es.adaptive("hard"), data)])
    assert list(table.index) == ["hard", "hard"]
    curves = another_prior.curves(es.adaptive("hard"), data, np.array([1.0, 3.5]))
    assert (curves[["prior", "posterior"]] > 0).all().all()
