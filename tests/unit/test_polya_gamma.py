"""Pólya-Gamma draws against their mean, variance and Laplace transform, and the law of a sum."""

import numpy as np
import pytest
from planting import planted
from scipy import stats

from hbm_lib.samplers import polya_gamma

PAIRS = [(1, 0.0), (1, 0.7), (1, -4.0), (1, 30.0), (3, 2.0), (40, 0.1), (300, 1.5), (5000, 3.0)]
N = 20_000
LEAST = -(np.pi / 2) ** 2


def log_laplace(t, b, c):
    """Log E[exp(-t omega)] = b log(cosh(c/2) / cosh(sqrt(c² / 4 + t / 2))) (Polson, Scott & Windle 2013, equation 2).

    Where c² / 4 + t / 2 is z < 0, cosh(sqrt(z)) is cos(sqrt(-z)); at z = -(pi / 2)² the expectation becomes infinite.
    """
    def log_cosh_root(z):
        root = np.sqrt(abs(z))
        return np.log(np.cos(root)) if z < 0 else root + np.log1p(np.exp(-2 * root)) - np.log(2)

    assert c**2 / 4 + t / 2 > LEAST, "the expectation is infinite"
    return b * (log_cosh_root(c**2 / 4) - log_cosh_root(c**2 / 4 + t / 2))


@pytest.mark.parametrize(("b", "c"), PAIRS)
def test_mean_and_variance_are_the_derivatives_of_the_laplace_transform(b, c):
    h = 1e-3 if abs(c) < 10 else 1e-1
    down, up = (log_laplace(s * h, b, c) for s in (-1, 1))
    assert polya_gamma.mean(b, c) == pytest.approx(-(up - down) / (2 * h), rel=1e-5)
    assert polya_gamma.variance(b, c) == pytest.approx((up + down) / h**2, rel=1e-3)
    for c in (1e-4, 0.00099, 0.00101, 0.019, 0.021):  # across the series near 0
        assert polya_gamma.mean(1, c) == pytest.approx(0.25 - c**2 / 48, rel=1e-7)
        assert polya_gamma.variance(1, c) == pytest.approx(1 / 24 - c**2 / 120, rel=1e-5)


def z_scores(draws, b, c):
    """Mean, variance and Laplace transform at three points of the scale of the law, in standard errors.

    The transform is compared where the fourth moment of what is averaged is finite: else the standard error is no measure.
    """
    mean, sd = polya_gamma.mean(b, c), np.sqrt(polya_gamma.variance(b, c))
    score = lambda v, truth: abs(v.mean() - truth) / (v.std() / np.sqrt(len(v)))  # noqa: E731
    found = [score(draws, mean), score((draws - mean) ** 2, sd**2)]
    at = [t for t in (0.3 / sd, 1 / sd, -0.3 / sd) if c**2 / 4 + 4 * t / 2 > LEAST]
    return found + [score(np.exp(-t * (draws - mean)), np.exp(log_laplace(t, b, c) + t * mean)) for t in at]


@pytest.mark.parametrize(("b", "c"), PAIRS)
def test_draws(b, c, seed):
    found = z_scores(polya_gamma.draw(np.random.default_rng(seed), np.full(N, b), c), b, c)
    assert max(found) < stats.norm.isf(1e-4 / (2 * len(found) * len(PAIRS))), found


@pytest.mark.parametrize("c", [0.0, 3.0])
def test_few_terms_and_many_have_one_law(c, seed):
    rng = np.random.default_rng(seed)
    few, many = (polya_gamma.draw(rng, np.ones(N), c, terms=k) for k in (polya_gamma.TERMS, 400))
    assert stats.ks_2samp(few, many).pvalue > 1e-4


def test_a_sum_is_the_law_of_the_sum_of_shapes(seed):
    rng = np.random.default_rng(seed)
    one, three = polya_gamma.draw(rng, np.ones((N, 3)), 1.2).sum(1), polya_gamma.draw(rng, np.full(N, 3), 1.2)
    assert stats.ks_2samp(one, three).pvalue > 1e-4


def test_far_tilts_stay_finite(seed):
    found = polya_gamma.draw(np.random.default_rng(seed), np.array([1, 10, 1000]), np.array([800.0, -3000, 1e5]))
    assert np.all(np.isfinite(found))
    np.testing.assert_array_less(0, found)


class Steps:
    """A generator whose gammas are handed out from a script, and which keeps the shapes that were asked for."""

    def __init__(self, script):
        self.script, self.shapes = script, []

    def standard_gamma(self, shape):
        self.shapes.append(np.array(shape))
        return self.script.pop(0)


def parts(b, c, terms=polya_gamma.TERMS, module=polya_gamma):
    """Shapes and scales of the gammas that a draw adds up: it is linear in their variates, so unit variates read them off."""
    one = Steps([np.eye(terms + 1, terms), np.eye(terms + 1)[-1]])
    scales = module.draw(one, np.full(terms + 1, float(b)), np.full(terms + 1, float(c)), terms=terms)
    return np.append(one.shapes[0][0], one.shapes[1][0]), scales


TILTED = [*PAIRS, (1, 50.0), (100_000, 0.0), (100_000, 12.0)]


def law_gap(b, c, module=polya_gamma, terms=polya_gamma.TERMS):
    """How far log E[exp(-t omega)] of what is drawn is from Polson's, at points of the law's own scale: no randomness."""
    shapes, scales = parts(b, c, terms, module)
    sd = np.sqrt(polya_gamma.variance(b, c))
    return max(abs(-(shapes * np.log1p(t * scales)).sum() - log_laplace(t, b, c)) for t in (0.1 / sd, 1 / sd, 2 / sd, -0.1 / sd))


@pytest.mark.parametrize(("b", "c"), TILTED)
def test_the_law_drawn_from_is_polya_gamma(b, c):
    assert law_gap(b, c) < 2e-5


@pytest.mark.parametrize("c", [0.0, 1.0, 5.0, 20.0, 100.0])
def test_what_is_approximate_is_the_third_cumulant_and_small(c):
    """Both in units of 2 b: the sums of cubes of all scales, against those drawn and one gamma for the rest."""
    shapes, scales = parts(1, c)
    every = 1 / (2 * np.pi**2 * ((np.arange(2_000_000) + 0.5) ** 2 + (c / (2 * np.pi)) ** 2))
    assert (shapes * scales).sum() == pytest.approx(polya_gamma.mean(1, c), rel=1e-12)
    assert (shapes * scales**2).sum() == pytest.approx((every**2).sum(), rel=1e-9)
    assert (shapes * scales**3).sum() == pytest.approx((every**3).sum(), rel=2e-6)


@pytest.mark.parametrize(("old", "new"), [
    ("(np.arange(terms) + 0.5) ** 2", "(np.arange(terms) + 1.0) ** 2"),
    ("c[..., None] / (2 * np.pi)", "c[..., None] / np.pi"),
    ("return out + rng.standard_gamma(rest_mean / ratio) * ratio", "return out + 0 * rng.standard_gamma(rest_mean / ratio)"),
    ("np.broadcast_to(b[..., None], scale.shape)", "np.ones(scale.shape)"),
    ("ratio = rest_variance / rest_mean", "ratio = rest_mean / rest_variance"),
    ("return b * np.where(small, 0.25 - c**2 / 48", "return b * np.where(small, 0.5 - c**2 / 48"),
])
def test_a_planted_bug_is_caught(old, new):
    broken = planted(polya_gamma, old, new)
    with np.errstate(all="ignore"):
        assert max(law_gap(b, c, broken) for b, c in ((3, 0.0), (3, 2.0))) > 1e-3
