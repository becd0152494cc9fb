"""The exact engine against a second computation, against values on record, and against published draws."""

import numpy as np
import pytest
from eight import CASES, SCHOOLS, WITH_EXACT
from exact_checks import LIMIT, exact_gaps, leave_one_out_gap

from hbm_lib import fit_exact
from hbm_lib.models import eight_schools as es
from hbm_lib.priors import Exponential, Gamma, HalfStudentT, LogNormal, Normal, Uniform


@pytest.mark.parametrize("name", WITH_EXACT)
def test_moments_and_evidence(name):
    gaps = exact_gaps(*CASES[name])
    assert max(gaps.values()) < LIMIT, gaps


@pytest.mark.parametrize("tau", [
    Uniform(0, 30), Uniform(2, 9), Exponential(0.2), Gamma(2, 0.5), LogNormal(1, 1), HalfStudentT(4, 3),
], ids=repr)
def test_moments_and_evidence_under_other_priors(tau):
    gaps = exact_gaps(es.noncentered().with_prior(tau=tau, mu=Normal(-3, 7)), SCHOOLS)
    assert max(gaps.values()) < LIMIT, gaps


@pytest.mark.parametrize(("y", "sigma"), [
    ([3, -4], [1.0, 2.0]),                                  # as few as can be
    ([300.0, -300, 250, -280], [3.0, 4, 5, 6]),             # far apart: tau is large and sure
    ([5.0, 5, 5, 5, 5], [9.0, 9, 9, 9, 9]),                 # no spread at all
    ([0.01, 0.013, 0.008, 0.02], [0.004, 0.003, 0.005, 0.002]),  # small units
    ([28.0, 8, -3], [1e-2, 1e2, 15]),                       # very unequal errors
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


@pytest.mark.parametrize("name", [n for n in WITH_EXACT if "tau" in CASES[n][0].dims])
def test_the_error_estimate_is_small_and_not_too_small(name):
    """Estimated within 1e-10; the true error, against the second computation, is no larger than 1e-10 either."""
    model, data = CASES[name]
    posterior = fit_exact(model, data)
    for variable in ("mu", "tau", "theta"):
        assert np.max(posterior.error(variable)) < 1e-10
    assert max(exact_gaps(model, data).values()) < 1e-10


def test_values_on_record():
    """Model 1 and 2, checked with SciPy's adaptive quadrature when the study began."""
    one, two = fit_exact(es.noncentered(), SCHOOLS), fit_exact(es.skeptical(), SCHOOLS)
    assert one.mean("tau") == pytest.approx(4.707306372682687, abs=1e-11)
    assert one.quantile("tau", 0.5) == pytest.approx(3.784741749, abs=1e-8)
    assert [one.mean("mu"), one.sd("mu")] == pytest.approx([7.447, 4.528], abs=5e-4)
    assert [two.mean("mu"), two.sd("mu"), two.mean("tau")] == pytest.approx([7.872, 3.272, 3.229], abs=5e-4)


@pytest.mark.parametrize(("name", "index", "mean", "sd"), [
    ("mu", None, 4.411, 3.309), ("tau", None, 3.602, 3.198), ("theta", 0, 6.151, 5.616),
])
def test_published_reference_draws_of_posteriordb(name, index, mean, sd):
    """10,000 nearly independent draws by Stan: the published means within 4 standard errors and rounding."""
    posterior = fit_exact(es.posteriordb(), SCHOOLS)
    pick = (lambda v: v) if index is None else (lambda v: v[index])
    assert abs(pick(posterior.mean(name)) - mean) < 4 * sd / 100 + 5e-4
    assert pick(posterior.sd(name)) == pytest.approx(sd, rel=0.05)


@pytest.mark.parametrize("groups", [100, 1000, 5000])
def test_many_groups(groups):
    """With many groups the posterior of tau is narrow: panels must follow it."""
    rng = np.random.default_rng(groups)
    sigma = rng.uniform(5, 15, groups)
    data = es.Data(rng.normal(8, 4, groups) + sigma * rng.standard_normal(groups), sigma)
    posterior = fit_exact(es.noncentered(), data)
    assert posterior.error("tau") < 1e-8
    assert posterior.line.weight.sum() == pytest.approx(1, abs=1e-12)
    # the same by the trapezoidal rule on a grid around the mean
    grid = posterior.mean("tau") + posterior.sd("tau") * np.linspace(-9, 9, 8001)
    grid = grid[grid > 0]
    density = posterior.line.pdf(grid)
    mean = np.trapezoid(grid * density, grid) / np.trapezoid(density, grid)
    assert np.trapezoid(density, grid) == pytest.approx(1, abs=1e-3)
    assert mean == pytest.approx(posterior.mean("tau"), rel=1e-4)
