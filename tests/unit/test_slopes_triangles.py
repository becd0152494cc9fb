"""Triangular systems of two unknowns against NumPy's general ones."""

import numpy as np
import pytest

from hbm_lib.models.slopes.triangles import solve_lower, solve_upper, triangle


@pytest.mark.parametrize("rows", [1, 2, 7])
def test_the_triangle_is_a_root_of_one_plus_the_square(rows, seed):
    k = np.random.default_rng(seed).normal(size=(5, 3, rows, 2))
    u = triangle(k)
    np.testing.assert_allclose(np.swapaxes(u, -1, -2) @ u, np.swapaxes(k, -1, -2) @ k + np.eye(2), rtol=1e-12)
    assert np.all(u[..., 1, 0] == 0)
    assert np.all(np.diagonal(u, axis1=-2, axis2=-1) >= 1)


def test_solutions_solve(seed):
    rng = np.random.default_rng(seed)
    u, right = triangle(rng.normal(size=(5, 3, 2, 2))), rng.normal(size=(5, 3, 2, 4))
    np.testing.assert_allclose(u @ solve_upper(u, right), right, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(np.swapaxes(u, -1, -2) @ solve_lower(u, right), right, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("size", [1e-8, 1e4, 1e8])
def test_digits_are_kept_where_the_square_would_lose_them(size):
    """Columns that differ in the last place seen: U's second pivot, from the determinant of I + k' k by hand."""
    k = size * np.array([[1.0, 1.0], [0.0, 1e-6]])
    # det(I + k'k) = 1 + |k|² + det(k)², U11² = 1 + size²
    wanted = np.sqrt((1 + size**2 * (2 + 1e-12) + (size**2 * 1e-6) ** 2) / (1 + size**2))
    assert triangle(k)[1, 1] == pytest.approx(wanted, rel=1e-7)
