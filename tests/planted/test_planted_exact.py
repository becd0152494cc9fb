"""Broken exact posteriors and a dishonest leave-one-out: each is rejected, the sound one is not."""

import numpy as np
import pytest
from eight import CASES
from exact_checks import LIMIT, exact_gaps, leave_one_out_gap, reference
from planting import planted

from hbm_lib import fit_exact
from hbm_lib.diagnostics import agreement
from hbm_lib.models.eight_schools import exact
from hbm_lib.samplers import quadrature

# what is wrong: (sound source, broken source)
EXACT = {
    "standard deviation for variance": ("variance = data.sigma**2 + np", "variance = data.sigma + np"),
    "conditional on the estimate of mu, its variance left out": (
        '(g["own"] * c**2).sum(1) + np.einsum("kp,kpq,kq->k", through, g["cov"], through)', '(g["own"] * c**2).sum(1)'),
    "the determinant of the precision is dropped": ("+ np.linalg.slogdet(precision)[1] +", "+"),
    "the prior of mu is dropped from the precision": ("precision = p0 + np.einsum", "precision = 1e-9 * p0 + np.einsum"),
    "the prior of tau is dropped": ("prior.tau.logpdf(tau) + coefficients", "0 * tau + coefficients"),
    "weights of prior and data swapped": (
        'pull * (mean @ x.T) + (1 - pull) * self.data.y', '(1 - pull) * (mean @ x.T) + pull * self.data.y'),
    "a constant left out of the evidence": ("data.n_groups * LOG_2PI +", "0 * LOG_2PI +"),
}
QUADRATURE = {
    "the tails are cut off": ("_DROP = 40.0", "_DROP = 5.0"),
    "density of tau taken for that of log tau": (
        "log_term = lambda u: log_density(np.exp(u)) + u", "log_term = lambda u: log_density(np.exp(u))"),
}
DRAWS = {
    "variance for standard deviation of theta": ("np.sqrt(pull) * spread * rng", "pull * spread * rng"),
    "covariance without its root": ('np.linalg.cholesky(cov)', 'cov'),
    "mu and theta drawn apart": ("theta = pull * (b @ data.design.T)", "theta = pull * (mean @ data.design.T)"),
}


@pytest.fixture(scope="module")
def wanted():
    model, data = CASES["skeptical"]
    return reference(data, model.prior)


def rejected(posterior, wanted):
    try:
        return max(exact_gaps(*CASES["skeptical"], posterior=posterior, wanted=wanted).values())
    except ValueError:  # the quadrature itself noticed
        return np.inf


def test_the_sound_one_is_accepted(wanted):
    assert rejected(exact.posterior, wanted) < LIMIT


@pytest.mark.parametrize("bug", EXACT)
def test_exact(bug, wanted):
    assert rejected(planted(exact, *EXACT[bug]).posterior, wanted) > 1e-3


@pytest.mark.parametrize("bug", QUADRATURE)
def test_quadrature(bug, wanted):
    broken = planted(exact, "LOG_2PI = np.log(2 * np.pi)", "LOG_2PI = np.log(2 * np.pi)")
    broken.quadrature = planted(quadrature, *QUADRATURE[bug])
    assert rejected(broken.posterior, wanted) > 1e-3


@pytest.mark.parametrize("bug", [None, *DRAWS])
def test_draws(bug, seed):
    model, data = CASES["skeptical"]
    module = exact if bug is None else planted(exact, *DRAWS[bug])
    draws = module.posterior(model, data).sample(np.random.default_rng(seed), 24 * 1000)
    chains = {n: v.reshape(24, 1000, *v.shape[1:]) for n, v in draws.items()}
    targets = agreement.targets(fit_exact(model, data), {"mu": None, "tau": None, "theta": data.labels})
    found = agreement.compare_all(chains, targets, rule="chains", cap=0.02, level=1e-4 / len(targets))
    assert all(c.ok for c in found) == (bug is None), "\n".join(map(str, found))


def test_leave_one_out_that_has_seen_the_group():
    def in_sample(model, data):
        posterior = exact.posterior(model, data)
        return np.log([float(posterior.predictive(j).pdf(data.y[j])) for j in range(data.n_groups)])

    model, data = CASES["skeptical"]
    assert leave_one_out_gap(model, data) < LIMIT
    assert leave_one_out_gap(model, data, leave_one_out=in_sample) > 1e-3
