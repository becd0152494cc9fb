"""The exact engine of schools where it is hard, and what must not change its answers."""

import numpy as np
import pytest
from pupils import CASES, SCHOOL, WITH_TAU, WITH_TWO
from schools_exact_checks import draws_distance, without_gap
from scipy import optimize

from hbm_lib import fit_exact
from hbm_lib.data import real
from hbm_lib.models import schools
from hbm_lib.models.schools import exact, gibbs, simulate
from hbm_lib.priors import Exponential, HalfCauchy, HalfNormal, Normal, Uniform

RNG = np.random.default_rng(12)
PARTIAL = schools.partial_pooling()


def unit(scale, center=0.0):
    """The chapter's priors in another unit."""
    law = Exponential(0.1 / scale)
    return PARTIAL.with_prior(mu=Normal(75 * scale + center, 15 * scale), tau=law, sigma=law)


def scores(sizes, tau=5.0, sigma=12.0):
    """Scores of a district with schools of these sizes."""
    where = np.repeat(np.arange(len(sizes)), sizes)
    return 75 + tau * RNG.standard_normal(len(sizes))[where] + sigma * RNG.standard_normal(len(where)), where


def equal_schools():
    """Every school has the same mean, so tau is near 0."""
    y, where = scores([5] * 8)
    return schools.Data(y - (np.bincount(where, y) / 5)[where] + 75, where)


BIG = scores([100] * 30)
FEW = scores([2, 1, 1, 1, 1, 1, 1, 1, 1, 1])
TWELVE = scores([2, 3, 5, 8, 12, 20], tau=3)
HARD = {
    "two schools": (PARTIAL, schools.Data([70, 74, 81, 88, 60.0], [0, 0, 1, 1, 1])),
    "two pupils in one school, one in the other": (PARTIAL, schools.Data([70.0, 74, 90], [0, 0, 1])),
    "one pupil in most schools": (PARTIAL, schools.Data(*FEW)),
    "no spread between schools": (PARTIAL, equal_schools()),
    "tiny sigma": (PARTIAL, schools.Data(*scores([3] * 6, sigma=1e-4))),
    "tiny sigma and tau": (PARTIAL, schools.Data(*scores([3] * 6, sigma=1e-3, tau=1e-3))),
    "3,000 pupils": (PARTIAL, schools.Data(*BIG)),
    "far apart": (PARTIAL, schools.Data([1e3, 1001, 0, 1, -900, -901], [0, 0, 1, 1, 2, 2])),
    "a covariate of the school": (schools.random_intercept(), WITH_TWO),
    "scale of a million": (unit(1e6), schools.Data(1e6 * TWELVE[0], TWELVE[1])),
    "scale of a millionth": (unit(1e-6), schools.Data(1e-6 * TWELVE[0], TWELVE[1])),
    "a large offset": (unit(1.0, 1e6), schools.Data(1e6 + TWELVE[0], TWELVE[1])),
    "heavy tails": (PARTIAL.with_prior(tau=HalfCauchy(5), sigma=HalfCauchy(5)), schools.Data(*TWELVE)),
    "very heavy tails": (PARTIAL.with_prior(tau=HalfCauchy(1e4)), schools.Data(*FEW)),
    "very narrow priors": (PARTIAL.with_prior(tau=HalfNormal(1e-4), sigma=HalfNormal(0.1)), schools.Data(*TWELVE)),
    "hard edges": (PARTIAL.with_prior(tau=Uniform(0, 3), sigma=Uniform(10, 11)), schools.Data(*TWELVE)),
    "edges away from zero": (PARTIAL.with_prior(tau=Uniform(6, 7), sigma=Uniform(2, 8)), schools.Data(*TWELVE)),
}


def fine(model, data, around, order=16):
    """Means of mu, tau, sigma and theta and the log evidence from a grid wider and much finer than the engine's own."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    axes = []
    for (low, high), law in zip(around, (model.prior.tau, model.prior.sigma), strict=True):
        with np.errstate(divide="ignore"):
            limits = np.log(law.support)
        margin = (high - low) / 6
        low, high = max(limits[0], low - margin), min(limits[1], high + margin)
        edges = np.linspace(low, high, int(max(24, 1.4 * (high - low))) + 1)
        half = np.diff(edges)[:, None] / 2
        axes.append(((edges[:-1, None] + half + half * nodes).ravel(), (half * weights).ravel()))
    (u, wu), (v, wv) = axes
    tau, sigma, weight = np.repeat(np.exp(u), len(v)), np.tile(np.exp(v), len(u)), np.repeat(wu, len(v)) * np.tile(wv, len(u))
    log_p = model.prior.tau.scipy().logpdf(tau) + model.prior.sigma.scipy().logpdf(sigma) + np.log(tau) + np.log(sigma)
    mean, theta = np.empty((len(tau), data.sums.design.shape[1])), np.empty((len(tau), data.n_groups))
    for rows in np.array_split(np.arange(len(tau)), 60):
        mean[rows], _, log_y = exact.coefficients(tau[rows], sigma[rows], data, model.prior)
        log_p[rows] += log_y
        share = tau[rows, None] ** 2 / (tau[rows, None] ** 2 + sigma[rows, None] ** 2 / data.counts)
        own = data.sums.means - mean[rows, 1:] @ data.sums.design[:, 1:].T
        theta[rows] = mean[rows, :1] + share * (own - mean[rows, :1])
    p = np.exp(log_p - log_p.max()) * weight
    total = p.sum()
    p /= total
    return {"mu": p @ mean[:, 0], "tau": p @ tau, "sigma": p @ sigma, "theta": p @ theta}, np.log(total) + log_p.max()


@pytest.mark.parametrize("name", HARD)
def test_the_error_estimate_is_honest(name):
    """No further from the truth than ten times its own estimate and rounding, and right to eight digits all the same."""
    model, data = HARD[name]
    found = fit_exact(model, data)
    wanted, log_evidence = fine(model, data, found.scales.box)
    # sums of squares of large log densities cancel: what is lost is the rounding of the exponent
    rounding = 1e-15 * max(1e4, 20 * abs(log_evidence))
    assert found.log_evidence == pytest.approx(log_evidence, abs=1e-8)
    for variable, truth in wanted.items():
        error, sd = found.error(variable), found.sd(variable)
        assert np.all(np.abs(found.mean(variable) - truth) <= 10 * error + rounding * (sd + np.abs(truth))), variable
        assert np.all(error <= 1e-8 * (sd + np.abs(truth))), variable


@pytest.mark.parametrize("name", ["partial_pooling", "one_covariate", "complete_pooling", "uniform_inverse_gamma"])
def test_quantile_and_distribution_function_are_inverse(name):
    found = fit_exact(*CASES[name])
    names = [*found.model.dims, *(["tau / sigma"] if name != "complete_pooling" else [])]
    for variable in names:
        law = found.law(variable)
        for q in (1e-4, 0.025, 0.5, 0.975):
            np.testing.assert_allclose(law.cdf(np.asarray(law.quantile(q))), q, atol=1e-9, err_msg=variable)


def test_a_change_of_unit_changes_nothing_else():
    """Scores and priors in tenths of a percent: a thousand times every answer."""
    data = schools.Data(*TWELVE)
    one, other = fit_exact(unit(1.0), data), fit_exact(unit(1000.0), schools.Data(1000 * TWELVE[0], TWELVE[1]))
    for name in ("mu", "tau", "sigma", "theta", "theta - mu"):
        for what, q in (("mean", ()), ("sd", ()), ("quantile", (0.2,))):
            small, large = (np.asarray(getattr(p, what)(name, *q)) for p in (one, other))
            np.testing.assert_allclose(large, 1000 * small, rtol=1e-8)
    assert other.log_evidence == pytest.approx(one.log_evidence - data.n_pupils * np.log(1000), abs=1e-8)
    assert other.icc() == pytest.approx(one.icc(), rel=1e-8)


def test_the_order_of_rows_and_schools_does_not_matter():
    model, data = CASES["two_covariates"]
    order = RNG.permutation(data.n_pupils)
    moved = schools.Data(data.y[order], [SCHOOL[i] for i in order], {k: v[order] for k, v in reversed(data.covariates.items())})
    one, other = fit_exact(model, data), fit_exact(model, moved)
    assert moved.labels != data.labels
    place = [moved.labels.index(label) for label in data.labels]
    for what in ("mean", "sd"):
        np.testing.assert_allclose(getattr(other, what)("theta")[place], getattr(one, what)("theta"), rtol=1e-8)
        np.testing.assert_allclose(getattr(other, what)("beta")[::-1], getattr(one, what)("beta"), rtol=1e-8)
        for name in ("mu", "tau", "sigma"):
            assert getattr(other, what)(name) == pytest.approx(getattr(one, what)(name), rel=1e-8)
    assert other.log_evidence == pytest.approx(one.log_evidence, abs=1e-9)


@pytest.mark.parametrize("name", ["partial_pooling", "two_covariates", "no_pooling", "complete_pooling", "gamma_uniform"])
def test_draws_have_the_exact_means_and_covariances(name, seed):
    """Up to 66 means and products of twenty thousand draws, in standard errors."""
    assert draws_distance(fit_exact(*CASES[name]), seed) < 6


@pytest.mark.parametrize("name", ["partial_pooling", "gamma_uniform"])
def test_the_share_of_variance_between_schools_against_draws(name, seed):
    found, n = fit_exact(*CASES[name]), 40_000
    draws = found.sample(np.random.default_rng(seed), n)
    share = draws["tau"] ** 2 / (draws["tau"] ** 2 + draws["sigma"] ** 2)
    icc = found.icc()
    assert icc["mean"] == pytest.approx(share.mean(), abs=5 * share.std() / np.sqrt(n))
    assert icc["sd"] == pytest.approx(share.std(), rel=0.05)
    ratio = found.law("tau / sigma").quantile(0.3)
    for cut, q in ((icc["2.5%"], 0.025), (icc["median"], 0.5), (icc["97.5%"], 0.975), (ratio**2 / (1 + ratio**2), 0.3)):
        assert np.mean(share < cut) == pytest.approx(q, abs=5 * np.sqrt(q * (1 - q) / n))
        assert found.icc_cdf(cut) == pytest.approx(q, abs=1e-8)


@pytest.mark.parametrize("name", WITH_TAU[:2])
def test_the_summary_holds_what_is_asked_one_by_one(name):
    found = fit_exact(*CASES[name])
    table = found.summary()
    assert list(table.columns) == ["mean", "sd", "2.5%", "median", "97.5%", "error"]
    assert len(table) == sum(np.size(found.mean(v)) for v in found.model.dims)
    assert table.loc["theta[a]", "mean"] == found.mean("theta")[list(found.data.labels).index("a")]
    assert table.loc["tau", "97.5%"] == pytest.approx(found.quantile("tau", 0.975))


def test_the_gap_of_a_school_is_theta_minus_mu():
    """The law of theta_j - mu, from the covariance of the two."""
    found = fit_exact(*CASES["partial_pooling"])
    np.testing.assert_allclose(found.mean("theta - mu"), found.mean("theta") - found.mean("mu"), rtol=1e-9, atol=1e-9)
    draws = found.sample(np.random.default_rng(3), 40_000)
    np.testing.assert_allclose((draws["theta"] - draws["mu"][:, None]).std(0), found.sd("theta - mu"), rtol=0.05)


def test_leaving_a_school_out():
    assert without_gap(schools.Data) < 1e-12
    for school in WITH_TWO.labels[:2]:
        left = WITH_TWO.without(school)
        keep = [i for i, s in enumerate(SCHOOL) if s != school]
        alone = schools.Data(WITH_TWO.y[keep], [SCHOOL[i] for i in keep], {k: v[keep] for k, v in WITH_TWO.covariates.items()})
        model = schools.random_intercept()
        assert fit_exact(model, left).log_evidence == pytest.approx(fit_exact(model, alone).log_evidence, abs=1e-9)


def test_a_million_pupils():
    """Pupils are read by whole columns, and once the sums are taken nobody looks at one again."""
    counts = RNG.integers(1000, 39_000, 50)
    theta = 75 + 5 * RNG.standard_normal(50)
    y = simulate.scores(RNG, theta, counts, 12.0)
    data = schools.Data(y.view(NoLoop), np.repeat(np.arange(50), counts).view(NoLoop))
    assert data.n_pupils > 900_000
    assert data.sums.means == pytest.approx([part.mean() for part in np.split(y, counts.cumsum()[:-1])], rel=1e-12)
    reads = []
    for name in ("y", "index"):  # whoever asks for a pupil now is told on
        object.__setattr__(data, name, Untouchable(len(y), reads))
    found = fit_exact(PARTIAL, data)
    assert np.abs(found.mean("theta") - theta).max() < 5 * 12 / np.sqrt(counts.min())
    assert found.error("mu") < 1e-8
    assert found.sample(np.random.default_rng(1), 10)["theta"].shape == (10, 50)
    rng = np.random.default_rng(2)
    state = gibbs.init(rng, data, PARTIAL.prior, 4)
    for form in gibbs.FORMS * 50:  # the width of sigma's posterior is a thousandth of sigma, and the starts are far from it
        state, _ = gibbs.step(rng, state, data, PARTIAL.prior, form)
    assert np.abs(state.sigma - 12).max() < 0.2
    assert reads == []


class NoLoop(np.ndarray):
    """An array over which no Python loop may run."""

    def __iter__(self):
        raise AssertionError("pupils were looked at one by one")


class Untouchable:
    """A column whose length is known, and that keeps a record of everything else that is asked of it."""

    def __init__(self, length, reads):
        self.length, self.reads = length, reads

    ndim = 1

    def __len__(self):
        return self.length

    @property
    def shape(self):
        return (self.length,)

    def _told(self, *_):
        self.reads.append("read")
        raise AssertionError("a pupil was looked at after the sums were taken")

    __getitem__ = __iter__ = __array__ = __mul__ = __sub__ = __add__ = _told


# lme4 1.1-31 on Exam, normexam ~ standLRT + (1 | school), maximum likelihood, as printed
ML = {"intercept": 0.00239, "slope": 0.56337, "tau2": 0.09213, "sigma2": 0.56573, "deviance": 9357.243}
ML_ERRORS = {"intercept": 0.0400, "slope": 0.01247}


@pytest.fixture(scope="module")
def exam():
    table = real.load("exam")
    return schools.Data.from_frame(table, y="normexam", school="school", covariates=["standLRT"])


def test_the_published_maximum_likelihood_fit(exam):
    """Maximize log p(y | b, tau, sigma): with a nearly flat prior on b it is p(y | tau, sigma) over the volume of b."""
    wide = schools.random_intercept().with_prior(mu=Normal(0, 1e4), beta=Normal(0, 1e4)).prior

    def deviance(log_scales):
        tau, sigma = np.exp(log_scales)
        mean, cov, log_y = exact.coefficients(np.array([tau]), np.array([sigma]), exam, wide)
        at_mean = wide.mu.logpdf(mean[0, 0]) + wide.beta.logpdf(mean[0, 1])
        # p(y | b) = p(y) p(b | y) / p(b), at the mean of b, which maximizes it
        density = -0.5 * (np.linalg.slogdet(cov[0])[1] + 2 * np.log(2 * np.pi))
        return -2 * (log_y[0] + density - at_mean)

    best = optimize.minimize(deviance, np.log([0.3, 0.75]), method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-10})
    mean, cov, _ = exact.coefficients(*np.exp(best.x)[:, None], exam, wide)
    assert best.fun == pytest.approx(ML["deviance"], abs=5.1e-4)
    assert np.exp(2 * best.x) == pytest.approx([ML["tau2"], ML["sigma2"]], abs=5.1e-6)
    assert mean[0] == pytest.approx([ML["intercept"], ML["slope"]], abs=5.1e-6)
    assert np.sqrt(np.diag(cov[0])) == pytest.approx(list(ML_ERRORS.values()), abs=5.1e-5)


def test_the_posterior_lies_about_the_published_fit(exam):
    found = fit_exact(schools.random_intercept(), exam)
    published = {"mu": ML["intercept"], "beta": ML["slope"], "tau": np.sqrt(ML["tau2"]), "sigma": np.sqrt(ML["sigma2"])}
    for name, value in published.items():
        assert np.all(np.abs(found.mean(name) - value) < 0.5 * np.asarray(found.sd(name))), name
    assert [found.sd("mu"), found.sd("beta")[0]] == pytest.approx(list(ML_ERRORS.values()), rel=0.05)
