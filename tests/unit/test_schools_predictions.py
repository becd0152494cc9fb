"""Predictions, leaving out, replicates and baselines of schools, each against a second way to the same number."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from hbm_lib import fit_exact
from hbm_lib.models import schools
from hbm_lib.models.schools import baselines, exact, loo, predict, replicate, simulate

DATA, TRUTH = simulate.district(5, schools=6, smallest=1, largest=12)
MODEL = schools.partial_pooling()
POSTERIOR = fit_exact(MODEL, DATA)
X = np.random.default_rng(0).normal(size=DATA.n_pupils)
WITH_X = schools.Data((DATA.y - 75) / 12 + 0.5 * X, np.array(DATA.labels)[DATA.index], {"x": X})
REGRESSION = fit_exact(schools.random_intercept(), WITH_X)
BOTH = [(MODEL, DATA), (schools.random_intercept(), WITH_X)]


def without_pupil(data, i):
    keep = np.arange(data.n_pupils) != i
    names = np.array(data.labels)[data.index]
    return schools.Data(data.y[keep], names[keep], {k: v[keep] for k, v in data.covariates.items()})


@pytest.mark.parametrize(("model", "data"), BOTH, ids=["plain", "covariate"])
def test_leaving_out_a_pupil_is_a_ratio_of_evidences(model, data):
    found = loo.pupils(fit_exact(model, data))
    whole = fit_exact(model, data).log_evidence
    for i in (1, data.n_pupils - 1):
        assert found[i] == pytest.approx(whole - fit_exact(model, without_pupil(data, i)).log_evidence, abs=1e-6)


@pytest.mark.parametrize("pooling", [schools.no_pooling, schools.complete_pooling])
def test_leaving_out_a_pupil_where_tau_is_fixed(pooling):
    found = loo.pupils(fit_exact(pooling(), DATA))
    whole = fit_exact(pooling(), DATA).log_evidence
    i = DATA.n_pupils - 1
    assert found[i] == pytest.approx(whole - fit_exact(pooling(), without_pupil(DATA, i)).log_evidence, abs=1e-8)


@pytest.mark.parametrize(("model", "data"), BOTH, ids=["plain", "covariate"])
def test_leaving_out_a_school(model, data):
    """elpd against the mixture over the others' posterior of the joint normal density of the school's scores."""
    found, name = loo.schools(model, data), data.labels[2]
    others = exact.posterior(model, data.without(name))
    (tau, sigma, weight), g = others.nodes, others.given
    rows = data.index == 2
    x = np.column_stack([np.ones(rows.sum()), data.x[rows]])
    log_density, below = [], []
    heavy = np.flatnonzero(weight > 1e-6)
    for k in heavy:
        cov = x @ g["cov"][k] @ x.T + tau[k] ** 2 + sigma[k] ** 2 * np.eye(len(x))
        log_density.append(stats.multivariate_normal(x @ g["mean"][k], cov).logpdf(data.y[rows]))
        mean, sd = (x @ g["mean"][k]).mean(), np.sqrt(cov.mean())
        below.append(stats.norm.cdf(data.y[rows].mean(), mean, sd))
    share = weight[heavy].sum()
    assert share > 0.99
    assert found.elpd[2] == pytest.approx(np.log(weight[heavy] @ np.exp(log_density) / share), abs=0.003)
    assert found.tail[2] == pytest.approx(weight[heavy] @ below / share, abs=0.002)


def test_too_few_schools_to_leave_one_out():
    two = schools.Data([1.0, 2, 3, 4], ["a", "a", "b", "b"])
    with pytest.raises(ValueError, match="at least three schools"):
        loo.schools(MODEL, two)


def moments_by_draws(posterior, seed, predict_one, n=50_000):
    draws = posterior.sample(np.random.default_rng(seed), n)
    values = predict_one(np.random.default_rng([seed, 1]), draws)
    return values.mean(), values.std(), 5 / np.sqrt(n)


def test_a_known_school_against_draws(seed):
    found = predict.known_school(POSTERIOR, DATA.labels[3])
    mean, sd, se = moments_by_draws(POSTERIOR, seed, lambda r, d: d["theta"][:, 3] + d["sigma"] * r.standard_normal(len(d["mu"])))
    assert found.law.mean == pytest.approx(mean, abs=se * sd)
    assert found.law.sd == pytest.approx(sd, rel=2 * se)


def test_a_new_school_against_draws(seed):
    found = predict.new_school(REGRESSION, covariates={"x": 1.5})

    def one(rng, d):
        z = rng.standard_normal((2, len(d["mu"])))
        return d["mu"] + 1.5 * d["beta"][:, 0] + d["tau"] * z[0] + d["sigma"] * z[1]

    mean, sd, se = moments_by_draws(REGRESSION, seed, one)
    assert found.law.mean == pytest.approx(mean, abs=se * sd)
    assert found.law.sd == pytest.approx(sd, rel=4 * se)


@pytest.mark.parametrize("found", [
    predict.known_school(POSTERIOR, DATA.labels[0]), predict.known_school(POSTERIOR, DATA.labels[5], pupil=False),
    predict.new_school(POSTERIOR), predict.new_school(POSTERIOR, pupil=False),
    predict.known_school(REGRESSION, WITH_X.labels[1], covariates={"x": -2.0}),
], ids=["pupil", "school", "new pupil", "new school", "covariate"])
def test_the_parts_of_the_variance_add_up(found):
    assert found.means + found.schools + found.pupils == pytest.approx(found.law.sd**2, rel=1e-10)
    low, high = found.interval(0.8)
    assert found.law.cdf(np.array([low, high])) == pytest.approx([0.1, 0.9], abs=1e-8)


def test_each_part_belongs_where_it_is():
    assert predict.known_school(POSTERIOR, DATA.labels[0]).schools == 0
    assert predict.new_school(POSTERIOR, pupil=False).pupils == 0
    assert predict.known_school(POSTERIOR, DATA.labels[0], pupil=False).law.sd == pytest.approx(POSTERIOR.sd("theta")[0])


@pytest.mark.parametrize(("call", "says"), [
    (lambda: predict.known_school(POSTERIOR, "Nowhere"), "new_school"),
    (lambda: predict.known_school(REGRESSION, WITH_X.labels[0]), "missing: x"),
    (lambda: predict.new_school(POSTERIOR, covariates={"z": 1}), "not known: z"),
    (lambda: predict.new_school(REGRESSION, covariates={"x": np.nan}), "finite"),
    (lambda: predict.new_school(POSTERIOR).interval(1.0), "level"),
])
def test_wrong_questions(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_the_three_tables_have_the_same_columns():
    tables = [baselines.no_pooling(DATA), baselines.complete_pooling(DATA), baselines.partial_pooling(POSTERIOR)]
    for table in tables:
        assert tuple(table.columns) == baselines.COLUMNS
        assert list(table["school"]) == list(DATA.labels)
        assert np.all(table["lower"] < table["estimate"])
        assert np.all(table["estimate"] < table["upper"])


def test_no_pooling_is_least_squares_with_a_dummy_for_each_school():
    found = baselines.no_pooling(WITH_X, level=0.9)
    design = np.column_stack([np.eye(WITH_X.n_groups)[WITH_X.index], WITH_X.x])
    b, *_ = np.linalg.lstsq(design, WITH_X.y)
    df = len(WITH_X.y) - design.shape[1]
    variance = ((WITH_X.y - design @ b) ** 2).sum() / df
    se = np.sqrt(variance * np.diag(np.linalg.inv(design.T @ design)))[: WITH_X.n_groups]
    np.testing.assert_allclose(found["estimate"], b[: WITH_X.n_groups])
    np.testing.assert_allclose(found["se"], se)
    np.testing.assert_allclose(found["upper"], found["estimate"] + stats.t.ppf(0.95, df) * se)


def test_complete_pooling_without_covariates_is_the_mean():
    found = baselines.complete_pooling(DATA)
    np.testing.assert_allclose(found["estimate"], DATA.y.mean())
    np.testing.assert_allclose(found["se"], DATA.y.std(ddof=1) / np.sqrt(DATA.n_pupils))


def test_replicated_means_of_new_and_of_known_schools(seed):
    draws = {"mu": np.full(40_000, 70.0), "tau": np.full(40_000, 5.0), "sigma": np.full(40_000, 12.0),
             "theta": np.broadcast_to(TRUTH.theta, (40_000, 6))}
    new = replicate.school_means(np.random.default_rng(seed), draws, DATA)
    known = replicate.school_means(np.random.default_rng(seed), draws, DATA, new_schools=False)
    np.testing.assert_allclose(new.mean(0), 70, atol=0.4)
    np.testing.assert_allclose(new.std(0), np.sqrt(25 + 144 / DATA.counts), rtol=0.03)
    np.testing.assert_allclose(known.mean(0), TRUTH.theta, atol=0.4)
    np.testing.assert_allclose(known.std(0), 12 / np.sqrt(DATA.counts), rtol=0.03)


def test_a_district_is_what_it_says():
    data, truth = simulate.district(8, schools=36)
    again, _ = simulate.district(8, schools=36)
    np.testing.assert_array_equal(data.y, again.y)
    assert list(data.labels) == sorted(data.labels)
    np.testing.assert_array_equal(data.counts, truth.sizes)
    assert (truth.sizes.min(), truth.sizes.max()) == (2, 300)
    left = data.y - truth.theta[data.index]
    assert left.std() == pytest.approx(12, rel=4 / np.sqrt(2 * len(left)))
    assert len(simulate.district(8, schools=40)[0].labels) == 40


def test_sizes_that_make_no_sense():
    with pytest.raises(ValueError, match="sizes"):
        simulate.sizes(1)


def test_order_of_the_frame_does_not_matter():
    frame = pd.DataFrame({"y": DATA.y, "s": np.array(DATA.labels)[DATA.index]}).sample(frac=1, random_state=3)
    shuffled = schools.Data.from_frame(frame, y="y", school="s")
    by_name = dict(zip(shuffled.labels, fit_exact(MODEL, shuffled).mean("theta"), strict=True))
    np.testing.assert_allclose([by_name[s] for s in DATA.labels], POSTERIOR.mean("theta"), rtol=1e-10)
