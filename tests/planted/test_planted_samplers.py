"""Broken Gibbs samplers and slice steps: each is rejected by a check that the sound one passes."""

import conditional_checks as checks
import pytest
from conditional_checks import LIMIT
from eight import CASES
from planting import planted
from slice_checks import stationary_p_value

from hbm_lib.models.eight_schools import gibbs, gibbs_student
from hbm_lib.samplers import slices

BLOCK = "block", "draw_block"
THETA = "tau_given_theta", "tau_given_theta"
ETA = "tau_given_eta", "tau_given_eta"
# what is wrong: (check and function under test, the model to show it on, sound source, broken source)
GIBBS = {
    "the prior of mu is dropped": (BLOCK, "skeptical", "precision = p0 + np.einsum", "precision = np.einsum"),
    "the prior's mean is dropped": (BLOCK, "skeptical", "right = p0 @ m0 + (data.y", "right = (data.y"),
    "the prior's variance is taken for its precision": (
        BLOCK, "skeptical", "np.diag([p.sigma**-2.0", "np.diag([p.sigma**2.0"),
    "covariance without its root": (
        BLOCK, "covariate_regression", "np.linalg.cholesky(np.linalg.inv(precision))", "np.linalg.inv(precision)"),
    "b is set to its mean, its variance left out": (
        BLOCK, "noncentered", 'np.einsum("cpq,cq->cp", root, rng', '0 * np.einsum("cpq,cq->cp", root, rng'),
    "weights of prior and data swapped": (BLOCK, "noncentered", "share = spread2 / total", "share = state.variance / total"),
    "standard deviation for variance": (BLOCK, "noncentered", "spread2 = np.asarray(prior.scale(state.tau))[:, None] ** 2",
                                        "spread2 = np.asarray(prior.scale(state.tau))[:, None]"),
    "variance for standard deviation": (
        BLOCK, "noncentered", "np.sqrt(share * state.variance)", "(share * state.variance)"),
    "effects get each other's data": (BLOCK, "noncentered", "share * (data.y - centre)", "share * (data.y[::-1] - centre)"),
    "covariates forgotten in the centre": (
        BLOCK, "covariate_regression", "    centre = b @ x.T\n", "    centre = b[:, :1] @ x.T[:1]\n"),
    "the exponent J of tau off by one": (
        THETA, "noncentered", "- data.n_groups * np.log(spread)", "- (data.n_groups - 1) * np.log(spread)"),
    "no Jacobian for log tau, centered": (THETA, "noncentered", "+ log_tau - data.n_groups", "- data.n_groups"),
    "the prior of tau is dropped": (
        THETA, "noncentered", "prior.tau.logpdf(tau) + log_tau - data.n_groups", "log_tau - data.n_groups"),
    "tau taken for the rescaled spread": (
        THETA, "adaptive_hard", "    spread = np.asarray(prior.scale(tau))\n    eta2", "    spread = tau\n    eta2"),
    "no Jacobian for log tau, non-centered": (ETA, "noncentered", "+ log_tau - 0.5 * ((data.y", "- 0.5 * ((data.y"),
    "the mixing weights are forgotten in the block": (BLOCK, "student_t", "total = state.variance", "total = data.sigma**2"),
    "the mixing weights are forgotten in tau": (ETA, "student_t", "** 2 / state.variance)", "** 2 / data.sigma**2)"),
    "one half forgotten in the likelihood": (ETA, "noncentered", "+ log_tau - 0.5 * ((data.y", "+ log_tau - ((data.y"),
}
STUDENT = {
    "the prior of nu is dropped": ("nu", "log_nu_density", "prior.nu.logpdf(nu) + log_nu", "log_nu"),
    "no Jacobian for log nu": ("nu", "log_nu_density", "prior.nu.logpdf(nu) + log_nu", "prior.nu.logpdf(nu)"),
    "a half too few in the weights' shape": (
        "weights", "draw_errors", "rng.gamma((nu[:, None] + 1) / 2", "rng.gamma(nu[:, None] / 2"),
    "rate for scale in the weights": ("weights", "draw_errors", "/ ((nu[:, None] + z2) / 2)", "* ((nu[:, None] + z2) / 2)"),
    "variance multiplied by the weight": ("weights", "draw_errors", "data.sigma**2 / mixing", "data.sigma**2 * mixing"),
}
SLICES = {
    "the slice is cut too high": ("here - rng.exponential(size=x.shape)", "here - 0.5 * rng.exponential(size=x.shape)"),
    "shrinking overshoots": ("low = np.where(below, trial, low)", "low = np.where(below, (trial + x) / 2, low)"),
    "points below the slice are accepted": ("ok = log_density(trial) > height", "ok = log_density(trial) > height - 1"),
    "the height is uniform, not exponential": ("here - rng.exponential(size=x.shape)", "here - rng.uniform(size=x.shape)"),
}


def gap(check, function, module, name, seed):
    model, data = CASES[name]
    where = "draw" if check in ("block", "weights") else "log_density"
    return getattr(checks, f"{check}_gap")(seed, data, model.prior, **{where: getattr(module, function)})


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed):
    (check, function), name, old, new = GIBBS[bug]
    assert gap(check, function, gibbs, name, seed) < LIMIT
    assert gap(check, function, planted(gibbs, old, new), name, seed) > 1e-3


@pytest.mark.parametrize("bug", STUDENT)
def test_gibbs_with_student_errors(bug, seed):
    check, function, old, new = STUDENT[bug]
    assert gap(check, function, gibbs_student, "student_t", seed) < LIMIT
    broken = planted(gibbs_student, old, new)
    broken.slice_step = lambda rng, x, density: (x, 0)
    assert gap(check, function, broken, "student_t", seed) > 1e-3


def test_theta_left_behind_when_tau_moves(seed):
    model, data = CASES["noncentered"]
    broken = planted(gibbs, "tau=np.exp(u), theta=state.b @ data.design.T + gap, gap=gap)", "tau=np.exp(u))")
    assert checks.kept_gap(seed, data, model.prior, "noncentered") < 1e-9
    assert checks.kept_gap(seed, data, model.prior, "noncentered", draw=broken.draw_tau) > 1e-3


@pytest.mark.parametrize("bug", SLICES)
def test_slices(bug, seed):
    broken = planted(slices, *SLICES[bug])
    assert stationary_p_value(seed, "skewed") > 1e-5
    assert stationary_p_value(seed, "skewed", step=broken.slice_step) < 1e-5
