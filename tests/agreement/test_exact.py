"""The exact engine against a second computation that shares none of its algebra, for every model."""

import numpy as np
import pytest
from eight import CASES, SCHOOLS, WITH_EXACT
from exact_checks import LIMIT, exact_gaps, leave_one_out_gap

from hbm_lib import fit_exact
from hbm_lib.models import eight_schools as es
from hbm_lib.priors import Exponential, Gamma, Normal, Uniform


@pytest.mark.parametrize("name", WITH_EXACT)
def test_moments_and_evidence(name):
    gaps = exact_gaps(*CASES[name])
    assert max(gaps.values()) < LIMIT, gaps


@pytest.mark.parametrize("tau", [
    Uniform(2, 9), Exponential(0.2), Gamma(2, 0.5),
], ids=repr)
def test_moments_and_evidence_under_other_priors(tau):
    gaps = exact_gaps(es.noncentered().with_prior(tau=tau, mu=Normal(-3, 7)), SCHOOLS)
    assert max(gaps.values()) < LIMIT, gaps


@pytest.mark.parametrize(("y", "sigma"), [
    ([3, -4], [1.0, 2.0]),                                  # as few as can be
    ([300.0, -300, 250, -280], [3.0, 4, 5, 6]),             # far apart: tau is large and sure
    ([5.0, 5, 5, 5, 5], [9.0, 9, 9, 9, 9]),                 # no spread at all
    ([28.0, 8, -3, 5], [1.0, 30, 15, 4]),                     # very unequal errors
])
def test_moments_and_evidence_for_other_data(y, sigma):
    data = es.Data(y, sigma)
    unit, gaps = np.hypot(np.median(sigma), np.std(y)), exact_gaps(es.noncentered(), data)
    # with two groups the density of tau falls like tau^-4, and the second moment feels where the tail is cut
    assert gaps.pop("sd(tau)") < (1e-5 if len(y) < 4 else LIMIT) * unit, gaps
    assert max(gaps.values()) < LIMIT * max(1, unit), gaps


@pytest.mark.parametrize("name", WITH_EXACT)
def test_leave_one_out(name):
    assert leave_one_out_gap(*CASES[name]) < LIMIT


@pytest.mark.parametrize("groups", [100, 1000, 3000])
def test_many_groups(groups):
    """With many groups the posterior of tau is narrow: panels must follow it."""
    rng = np.random.default_rng(groups)
    sigma = rng.uniform(5, 15, groups)
    data = es.Data(rng.normal(8, 4, groups) + sigma * rng.standard_normal(groups), sigma)
    posterior = fit_exact(es.noncentered(), data)
    assert posterior.error("tau") < 1e-8
    assert posterior.line.weight.sum() == pytest.approx(1, abs=1e-12)
    # the same by the trapezoidal rule on a grid around the mean
    mean, sd = posterior.mean("tau"), posterior.sd("tau")
    grid = np.linspace(max(1e-9, mean - 9 * sd), mean + 9 * sd, 8001)
    density = posterior.line.pdf(grid)
    assert np.trapezoid(density, grid) == pytest.approx(1, abs=1e-5)
    assert np.trapezoid(grid * density, grid) == pytest.approx(mean, rel=1e-5)
