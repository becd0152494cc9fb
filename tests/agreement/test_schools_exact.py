"""The exact engine of schools against the full covariance of all scores and a plain sum over a grid of scales."""

import numpy as np
import pytest
from pupils import CASES, PLAIN
from schools_exact_checks import LIMIT, exact_gaps, given_scales
from scipy import integrate, stats

from hbm_lib import fit_exact
from hbm_lib.models import schools
from hbm_lib.models.schools import exact
from hbm_lib.priors import Uniform


@pytest.mark.parametrize("name", CASES)
def test_moments_quantiles_and_evidence(name):
    gaps = exact_gaps(*CASES[name])
    assert max(gaps.values()) < LIMIT, gaps


@pytest.mark.parametrize("name", CASES)
def test_the_law_given_the_scales(name):
    """coefficients() at scales far apart, against conditioning the joint normal of coefficients and scores."""
    model, data = CASES[name]
    prior, q = model.prior, data.sums.design.shape[1]
    unit = np.std(data.y)
    tau = unit * np.array([1e-6, 0.1, 1.0, 30.0]) if prior.tau is not None else np.full(4, prior.fixed_tau)
    sigma = unit * np.array([0.5, 3.0, 0.05, 1.0])
    mean, cov, log_y = exact.coefficients(tau, sigma, data, prior)
    wanted, centre, variance = given_scales(tau, sigma, data, prior)
    np.testing.assert_allclose(log_y, wanted, rtol=1e-8)
    np.testing.assert_allclose(mean, centre[:, :q], rtol=1e-7, atol=1e-8)
    np.testing.assert_allclose(np.diagonal(cov, axis1=1, axis2=2), variance[:, :q], rtol=1e-5, atol=1e-10)


def test_the_second_computation_itself():
    """Its density by SciPy's multivariate normal, its integral by SciPy's adaptive cubature."""
    data, model = schools.Data([70.0, 81, 62, 66], list("aabb")), schools.partial_pooling()
    z = np.eye(2)[[0, 0, 1, 1]]
    tau, sigma = np.array([0.01, 3.0, 40.0]), np.array([9.0, 0.5, 20.0])
    for t, s, log_y in zip(tau, sigma, given_scales(tau, sigma, data, model.prior)[0], strict=True):
        law = stats.multivariate_normal(np.full(4, 75.0), 15**2 + t**2 * z @ z.T + s**2 * np.eye(4))
        assert log_y == pytest.approx(law.logpdf(data.y), rel=1e-10)

    def density(at):
        tau, sigma = np.exp(at.T)
        log_y = given_scales(tau, sigma, data, model.prior, moments=False)[0]
        p = np.exp(log_y + 14) * stats.expon.pdf(tau / 10) * stats.expon.pdf(sigma / 10) * tau * sigma / 100
        return p[:, None] * np.column_stack([np.ones(len(tau)), tau, sigma])

    total = integrate.cubature(density, [-19.0, -3.0], [6.0, 6.0], rtol=1e-7, rule="gk15").estimate
    found = fit_exact(model, data)
    assert found.log_evidence == pytest.approx(np.log(total[0]) - 14, abs=1e-6)
    assert [found.mean("tau"), found.mean("sigma")] == pytest.approx(total[1:] / total[0], rel=1e-6)


def test_hard_edges_of_both_priors():
    """A corner that holds mass blunts only the ratio of the scales, and no more than this."""
    gaps = exact_gaps(schools.partial_pooling().with_prior(tau=Uniform(2, 4), sigma=Uniform(8, 9)), PLAIN)
    ratio = [gaps.pop(name) for name in list(gaps) if name.startswith("P(tau / sigma")]
    assert max(ratio) < 1e-5
    assert max(gaps.values()) < LIMIT, gaps
