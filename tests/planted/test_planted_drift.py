"""Broken engines of drift: each is rejected by a check that the sound one passes."""

import drifting
import drifting_conditional_checks as checks
import numpy as np
import pytest
from conditional_checks import LIMIT
from log_density_checks import LIMIT as DENSITY_LIMIT
from log_density_checks import numpyro_gap, pymc_gap
from planting import planted

from hbm_lib.models.drift import exact, gibbs, kalman

REJECTED = 1000 * LIMIT  # far beyond rounding
POINT = np.array([[0.5, 0.3, 0.6, 0.8]])


def dense_gap(module=kalman):
    """Largest distance of the filter and the smoother from the covariances written out."""
    model, data = drifting.CASES["other_priors"]
    kept, exact.kalman = exact.kalman, module
    try:
        found, (mean, variance, log_p), phi = exact.filtered(POINT, data, model.prior)
    finally:
        exact.kalman = kept
    path = module.smooth(found, phi)
    wanted, m, cov, cut = drifting.dense(POINT[0, :3], POINT[0, 3], data, model.prior)
    here = (path.a[0] + path.b[0] * mean[0]).T.ravel()
    spread = (path.variance[0] + path.b[0] ** 2 * variance[0]).T.ravel()
    gaps = [log_p[0] - wanted, mean[0] - m[0], variance[0] - cov[0, 0], *(here - m[1:cut]), *(spread - np.diag(cov)[1:cut])]
    return float(np.max(np.abs(gaps)))


# what is wrong: (sound source, broken source)
FILTER = {
    "variance of the step for its sd": (
        "step = phi[:, None], np.square(sigma_drift)[:, None]",
        "step = phi[:, None], sigma_drift[:, None]"),
    "the walk ignores phi in its variance": ("phi**2 * p + step", "p + step"),
    "no pull toward the platform": ("phi * b + (1 - phi)", "phi * b"),
    "a period too late": ("m, s = seen.mean[:, t], seen.precision[:, t]", "m, s = seen.mean[:, t - 1], seen.precision[:, t - 1]"),
    "filtered, not smoothed": ("range(a.shape[1] - 2, -1, -1)", "range(0)"),
    "the smoother forgets phi": ("back = phi * found.now.variance[:, t]", "back = found.now.variance[:, t]"),
    "the smoother's variance by the gain, not its square": ("p[:, t] += back**2 *", "p[:, t] += back *"),
    "sigma_creator not in the weights": ("np.square(sigma_creator)[:, None] + np.square(data.se)",
                                         "0 * sigma_creator[:, None] + np.square(data.se)"),
    "an empty cell counts as a zero": ("weight, gap = s / grown, m - a", "weight, gap = (s + 0.1 * (s == 0)) / grown, m - a"),
    "the prior of mu_global is forgotten": ("precision = p0 + found.q2", "precision = found.q2"),
}


def test_the_sound_filter_passes():
    assert dense_gap() < 1e-9


@pytest.mark.parametrize("bug", FILTER)
def test_filter(bug):
    assert dense_gap(planted(kalman, *FILTER[bug])) > 1e-4


# what is wrong: (module, check and what it is told, sound source, broken source)
GIBBS = {
    "no noise in the last period": (
        kalman, ("paths",), "np.sqrt(found.now.variance[:, last]) * noise[:, last]", "0 * noise[:, last]"),
    "backward without the step's share": (
        kalman, ("paths",), "found.now.variance[:, t] * step / ahead", "found.now.variance[:, t]"),
    "scales in another order": (
        gibbs, ("paths",), "genre, drift, creator = state.scales.T", "drift, genre, creator = state.scales.T"),
    "variance for standard deviation": (gibbs, ("tau",), "data.se * np.sqrt(share)", "data.se * share"),
    "the wrong time index": (gibbs, ("tau",), "mean, within = state.path[:, data.index, data.time]",
                             "mean, within = state.path[:, data.index, data.time - 1]"),
    "no Jacobian, steps held": (gibbs, ("scale", "sigma_drift", "centered"), "(1 - steps.shape[1])", "(-steps.shape[1])"),
    "no Jacobian, standardized steps held": (
        gibbs, ("scale", "sigma_drift", "noncentered"), "+ log_scale + scale * (cross", "+ scale * (cross"),
    "the other part is left in": (
        gibbs, ("scale", "sigma_drift", "noncentered"), "parts[k], parts[1 - k] = eta, 0 * parts[1 - k]",
        "parts[k] = eta"),
    "the determinant is forgotten": (
        gibbs, ("scale", "sigma_creator", "centered"), "(np.log(variance) + left**2 / variance)", "(left**2 / variance)"),
    "phi without its Jacobian": (gibbs, ("phi",), "+ np.log(share) + np.log1p(-share)", ""),
    "paths left behind": (
        gibbs, ("kept", "noncentered"), "path = rest + scales[:, k, None, None] * unit", "path = path + 0 * unit"),
}


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed, monkeypatch):
    module, (check, *told), old, new = GIBBS[bug]
    model, data = drifting.CASES["other_priors"]
    gap = getattr(checks, f"{check}_gap")
    assert gap(seed, data, model.prior, *told) < LIMIT
    broken = planted(module, old, new)
    if module is kalman:
        monkeypatch.setattr(gibbs, "kalman", broken)
        broken = gibbs
    assert not gap(seed, data, model.prior, *told, module=broken) < REJECTED


# what is wrong: (engine, form, sound source, broken source)
MODELS = {
    "steps do not add up": ("pymc", "noncentered", "phi * gaps[-1] + step[:, t]", "phi * gap + step[:, t]"),
    "the walk pulled to zero": ("pymc", "centered", "mu + pt.stack(gaps, axis=1)", "pt.stack(gaps, axis=1)"),
    "genre and period swapped": ("numpyro", "noncentered", "path[index, time]", "path[time % 2, index]"),
    "variance for standard deviation": ("numpyro", "centered", 'normal("steps", 0.0, drift,', 'normal("steps", 0.0, drift**2,'),
    "phi forgotten": ("numpyro", "noncentered", "now = phi * before + step", "now = before + step"),
    "standard errors squared": ("pymc", "centered", "tau, data.se,", "tau, data.se**2,"),
}


@pytest.mark.parametrize("bug", MODELS)
def test_models(bug, seed):
    """The sound ones: ``agreement/test_drift_log_density``."""
    engine, form, old, new = MODELS[bug]
    model, data = drifting.CASES["autoregressive"]
    broken = planted(getattr(drifting, f"{engine}_model"), old, new).build
    gap = {"pymc": pymc_gap, "numpyro": numpyro_gap}[engine]
    assert gap(seed, data, model.prior, form, study=drifting, build=broken) > 1000 * DENSITY_LIMIT
