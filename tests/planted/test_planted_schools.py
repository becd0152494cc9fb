"""Broken engines of schools: each is rejected by a check that the sound one passes."""

import pupils
import pytest
import schools_conditional_checks as conditionals
import schools_exact_checks as exacts
from conditional_checks import LIMIT as CONDITIONAL_LIMIT
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from planting import planted
from pupils import CASES

from hbm_lib import fit_exact
from hbm_lib.models.schools import exact, gibbs, numpyro_model, pymc_model, spec
from hbm_lib.samplers import chebyshev, plane, rectangle

# what is wrong: (model, form, sound source, broken source)
PYMC = {
    "tau: rate for scale": (
        "partial_pooling", "centered", 'prior.tau.pymc("tau") if', 'pm.Exponential("tau", 1 / prior.tau.rate) if'),
    "variance for standard deviation": (
        "partial_pooling", "noncentered", "mean, sigma, observed=y", "mean, sigma**2, observed=y"),
    "wrong school": ("no_pooling", "noncentered", "theta[data.index]", "theta[data.index[::-1]]"),
    "the covariates are dropped": ("one_covariate", "centered", "mean = mean + pt.dot", "mean = mean + 0 * pt.dot"),
    "schools are centered at 0": ("partial_pooling", "centered", 'pm.Normal("theta", mu, tau', 'pm.Normal("theta", 0, tau'),
    "the prior of sigma is dropped": (
        "half_normal_half_cauchy", "noncentered", 'prior.sigma.pymc("sigma")', 'pm.HalfFlat("sigma")'),
}
NUMPYRO = {
    "tau: rate for scale": (
        "partial_pooling", "noncentered", 'numpyro.sample("tau", prior.tau.numpyro())',
        'numpyro.sample("tau", dist.Exponential(1 / prior.tau.rate))'),
    "variance for standard deviation": ("two_covariates", "centered", "dist.Normal(mean, sigma)", "dist.Normal(mean, sigma**2)"),
    "wrong school": ("partial_pooling", "centered", "jnp.asarray(data.index)]", "jnp.asarray(data.index) - 1]"),
    "the prior of tau for that of sigma": (
        "half_normal_half_cauchy", "centered", 'numpyro.sample("sigma", prior.sigma', 'numpyro.sample("sigma", prior.tau'),
    "no schools where tau is fixed": ("no_pooling", "noncentered", "prior.fixed_tau == 0", "prior.fixed_tau >= 0"),
}
# what is wrong: (check, model, sound source, broken source)
GIBBS = {
    "standard deviation for variance": ("block", "partial_pooling", "state.tau[:, None] ** 2", "state.tau[:, None]"),
    "sizes of schools ignored": ("block", "partial_pooling", "= variance / data.counts,", "= variance / 1 + 0 * data.counts,"),
    "the prior of mu and beta is dropped": ("block", "two_covariates", "+ np.diag(p0)", ""),
    "what pupils of one school tell of beta is dropped": (
        "block", "one_covariate", "right[:, 1:] += (sums.slope", "right[:, 1:] += 0 * (sums.slope"),
    "the wrong triangle of the root": (
        "block", "two_covariates", "np.linalg.solve(np.swapaxes(root, -1, -2), rng", "np.linalg.solve(root, rng"),
    "variance for standard deviation": ("block", "partial_pooling", "np.sqrt(share * noise)", "(share * noise)"),
    "theta drawn about mu alone": ("block", "one_covariate", "share * (sums.means - b @ x.T)", "share * (sums.means - b[:, :1])"),
    "the exponent of sigma off by one": ("sigma", "partial_pooling", "(1 - data.n_pupils)", "(2 - data.n_pupils)"),
    "pupils taken for schools in sigma": ("sigma", "partial_pooling", "(1 - data.n_pupils)", "(1 - data.n_groups)"),
    "the prior of sigma is dropped": ("sigma", "partial_pooling", "prior.sigma.logpdf(np.exp(log_sigma)) + ", ""),
    "squares within schools at the wrong beta": (
        "sigma", "one_covariate", "data.sums.rss(b[:, 1:])", "data.sums.rss(0 * b[:, 1:])"),
    "every school counted once": ("sigma", "partial_pooling", "+ (data.counts * left**2).sum(-1)", "+ (left**2).sum(-1)"),
    "the exponent J of tau off by one": ("centered", "partial_pooling", "(1 - data.n_groups)", "(2 - data.n_groups)"),
    "the prior of tau is dropped": (
        "centered", "gamma_uniform", "prior.tau.logpdf(np.exp(log_tau)) + (1", "(1"),
    "no Jacobian for log tau": (
        "noncentered", "partial_pooling", "+ log_tau - 0.5 * total / state", "- 0.5 * total / state"),
    "standard deviation for variance of pupils": (
        "noncentered", "one_covariate", "total / state.sigma**2", "total / state.sigma"),
    "sizes of schools ignored in tau": (
        "noncentered", "partial_pooling", "total = (data.counts * left**2)", "total = (left**2)"),
    "the gap left behind when tau moves": ("kept", "partial_pooling", ", gap=np.exp(u)[:, None] * eta)", ")"),
    "the gap moved though it is held": ("kept centered", "partial_pooling", "state, calls = state._replace(tau=np.exp(u)), n",
                                        "state, calls = state._replace(tau=np.exp(u), gap=state.gap * 1.01), n"),
}
# what is wrong: (model, sound source, broken source)
COEFFICIENTS = {
    "standard deviation for variance": (
        "partial_pooling", "tau[:, None] ** 2 + variance[:, None]", "tau[:, None] + variance[:, None]"),
    "sizes of schools ignored": (
        "partial_pooling", "spread = tau[:, None] ** 2 + variance[:, None] / data.counts",
        "spread = tau[:, None] ** 2 + variance[:, None] / 1 + 0 * data.counts"),
    "the logarithms of the sizes are dropped": ("partial_pooling", "+ np.log(data.counts).sum() +", "+"),
    "one degree of freedom too many": (
        "complete_pooling", "data.n_pupils - data.n_groups\n", "data.n_pupils - data.n_groups + 1\n"),
    "squares within schools at the wrong beta": ("one_covariate", "sums.rss(mean[:, 1:])", "sums.rss(m0[1:] + 0 * mean[:, 1:])"),
    "the determinant is dropped": ("two_covariates", "+ np.linalg.slogdet(precision)[1]", ""),
    "the prior is dropped from the precision": ("two_covariates", "precision[:, diagonal, diagonal] += p0", ""),
    "the prior's mean is dropped": ("partial_pooling", "right = p0 * m0 + ", "right = "),
}
SUMS = {
    "squares before the regression within schools": (
        "one_covariate", "left = centred_y - slope @ centred_x.T", "left = centred_y"),
    "covariates not about their schools' means": (
        "one_covariate", "centred_x = x - x_means[data.index]", "centred_x = x - x.mean(0)"),
    "another school's mean": ("partial_pooling", "y - means[..., data.index]", "y - means[..., data.index - 1]"),
}
POSTERIOR = {
    "the prior of sigma is dropped": (
        "prior.tau.logpdf(t) + prior.sigma.logpdf(s) + coefficients", "prior.tau.logpdf(t) + 0 * s + coefficients"),
    "own error and shrinkage swapped": ("lean[:, :, 0] = pull\n", "lean[:, :, 0] = 1 - pull\n"),
    "standard deviation for variance of theta": ('"own": pull * tau[:, None] ** 2', '"own": pull * tau[:, None]'),
}
DRAWS = {
    "theta drawn with the wrong pull": (
        "theta = pull * b[:, :1] + (1 - pull) * own", "theta = (1 - pull) * b[:, :1] + pull * own"),
    "variance for standard deviation of theta": ("np.sqrt(pull) * tau[:, None] * rng", "pull * tau[:, None] * rng"),
    "covariance without its root": ("np.linalg.cholesky(cov)", "cov"),
    "mu and theta drawn apart": ("theta = pull * b[:, :1]", "theta = pull * mean[:, :1]"),
    "sizes of schools ignored": (
        "pull = noise / (tau[:, None] ** 2 + noise)\n        own = data",
        "pull = sigma[:, None] ** 2 / (tau[:, None] ** 2 + noise * data.counts)\n        own = data"),
}
# what is wrong: (module, sound source, broken source)
PLANE = {
    "no Jacobian for the second scale": (
        plane, "log_density(np.exp(u), np.exp(v)) + u + v", "log_density(np.exp(u), np.exp(v)) + u"),
    "the tails are cut off": (rectangle, "_DROP = 40.0", "_DROP = 5.0"),
    "too few panels are thought enough": (rectangle, "_SETTLED = 1e-12", "_SETTLED = 0.3"),
    "too few pieces are thought enough": (chebyshev, "_SETTLED = 1e-12", "_SETTLED = 0.3"),
}


@pytest.mark.parametrize("bug", PYMC)
def test_pymc(bug, seed):
    name, form, old, new = PYMC[bug]
    model, data = CASES[name]
    assert pymc_gap(seed, data, model.prior, form, study=pupils) < LIMIT
    assert pymc_gap(seed, data, model.prior, form, build=planted(pymc_model, old, new).build, study=pupils) > 10 * LIMIT


@pytest.mark.parametrize("bug", NUMPYRO)
def test_numpyro(bug, seed):
    name, form, old, new = NUMPYRO[bug]
    model, data = CASES[name]
    assert numpyro_gap(seed, data, model.prior, form, study=pupils) < LIMIT
    assert numpyro_gap(seed, data, model.prior, form, build=planted(numpyro_model, old, new).build, study=pupils) > 10 * LIMIT


def conditional_gap(check, seed, data, prior, module):
    if check in ("centered", "noncentered"):
        return conditionals.tau_gap(seed, data, prior, check, module)
    if check.startswith("kept"):
        return conditionals.kept_gap(seed, data, prior, "centered" if "centered" in check else "noncentered", module)
    return getattr(conditionals, f"{check}_gap")(seed, data, prior, module)


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed):
    check, name, old, new = GIBBS[bug]
    model, data = CASES[name]
    assert conditional_gap(check, seed, data, model.prior, gibbs) < CONDITIONAL_LIMIT
    assert conditional_gap(check, seed, data, model.prior, planted(gibbs, old, new)) > 1e-3


@pytest.mark.parametrize("bug", COEFFICIENTS)
def test_coefficients_and_evidence_given_the_scales(bug):
    name, old, new = COEFFICIENTS[bug]
    assert exacts.coefficients_gap(*CASES[name]) < 1e-6
    assert exacts.coefficients_gap(*CASES[name], module=planted(exact, old, new)) > 1e-3


@pytest.mark.parametrize("bug", SUMS)
def test_sums(bug):
    name, old, new = SUMS[bug]
    model, data = CASES[name]
    assert exacts.coefficients_gap(model, data, sums=spec.summarize(data)) < 1e-6
    assert exacts.coefficients_gap(model, data, sums=planted(spec, old, new).summarize(data)) > 1e-3


def test_the_posterior():
    model, data = CASES["one_covariate"]
    assert max(exacts.exact_gaps(model, data).values()) < exacts.LIMIT
    for bug, (old, new) in POSTERIOR.items():
        assert max(exacts.exact_gaps(model, data, planted(exact, old, new).posterior).values()) > 1e-3, bug


@pytest.mark.parametrize("bug", DRAWS)
def test_draws(bug, seed):
    name = "two_covariates" if bug == "covariance without its root" else "partial_pooling"
    sound, broken = fit_exact(*CASES[name]), planted(exact, *DRAWS[bug]).posterior(*CASES[name])
    assert exacts.draws_distance(sound, seed) < 6
    assert exacts.draws_distance(sound, seed, sample=broken.sample) > 10


@pytest.mark.parametrize("bug", PLANE)
def test_quadrature_over_two_scales(bug, monkeypatch):
    """The mean of sigma and the evidence, by the sound rule as by one twice as fine, and not so by the broken one."""
    sound = fit_exact(*CASES["partial_pooling"])
    wanted = [sound._halved.log_evidence, sound._halved.mean("sigma")]
    assert [sound.log_evidence, sound.mean("sigma")] == pytest.approx(wanted, rel=1e-10)
    module, old, new = PLANE[bug]
    part = planted(module, old, new)
    if module is plane:
        monkeypatch.setattr(exact, "plane", part.plane)
        monkeypatch.setattr(exact, "Plane", object)
    else:
        monkeypatch.setattr(plane, module.__name__.rsplit(".", 1)[1], part)
    broken = fit_exact(*CASES["partial_pooling"])
    assert [broken.log_evidence, broken.mean("sigma")] != pytest.approx(wanted, rel=1e-5)


def test_a_school_left_out_leaves_its_rows_in():
    assert exacts.without_gap(spec.Data) < 1e-12
    assert exacts.without_gap(planted(spec, "keep = self.index != at", "keep = self.index >= 0").Data) > 1e-3


def test_a_school_left_out_leaves_its_place_in():
    assert exacts.without_gap(planted(spec, "index=index - (index > at)", "index=index").Data) > 1e-3
