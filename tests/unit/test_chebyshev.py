"""Polynomials in place of slow functions: equal to them, with and without a bend."""

import numpy as np
import pytest
from planting import planted

from hbm_lib.samplers import chebyshev

SPAN = (-3.0, 5.0)
AT = np.linspace(*SPAN, 1001)
# a bell; two bells of very different width; a bend between two straight falls
SHAPES = {
    "a bell": lambda u: -u**2 / 2,
    "two bells": lambda u: np.logaddexp(-u**2 / 0.02, -(u - 3) ** 2 / 2),
    "a bend": lambda u: -np.abs(u - 0.7),
}


def gap(name, module=chebyshev, *, halve=False):
    """Return how far the density by polynomials is from the true one, at most."""
    found = module.pieces(SHAPES[name], SPAN, halve)
    return np.abs(np.exp(found(AT)) - np.exp(SHAPES[name](AT))).max()


@pytest.mark.parametrize("halve", [False, True])
@pytest.mark.parametrize("name", ["a bell", "two bells"])
def test_pieces_are_the_density(name, halve):
    assert gap(name, halve=halve) < 1e-11


def test_a_bend_is_closed_in_on():
    """The piece with the bend is cut until it is a ten-thousandth of the span: the gap is no larger than that."""
    assert gap("a bend") < 1e-4 * (SPAN[1] - SPAN[0])


@pytest.mark.parametrize(("name", "old", "new"), [
    ("two bells", "_SETTLED = 1e-12", "_SETTLED = 0.3"),
    ("two bells", "_DEGREE = 32", "_DEGREE = 2"),
])
def test_broken_pieces_are_seen(name, old, new):
    assert gap(name, planted(chebyshev, old, new)) > 1e-7


def test_rows_are_the_functions_near_their_peaks():
    centers = np.linspace(-1, 1, 7)
    rows = chebyshev.rows(lambda u: -(u[:, None] - centers) ** 2 + np.log1p(np.exp(3 * u[:, None] * centers)), SPAN)
    found, true = rows(AT), -(AT[:, None] - centers) ** 2 + np.log1p(np.exp(3 * AT[:, None] * centers))
    assert found.shape == (1001, 7)
    near = true > true.max() - 40
    assert np.abs(found - true)[near].max() < 1e-6
