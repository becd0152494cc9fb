"""Autocorrelation of a chain whose law is known, and draws' worth a second."""

import numpy as np
import pytest
import xarray as xr

from hbm_lib.diagnostics.autocorrelation import autocorrelation, ess_per_second


def ar1(seed, phi, chains=8, n=4000):
    rng = np.random.default_rng([seed, 1])
    x = np.empty((chains, n))
    x[:, 0] = rng.standard_normal(chains)
    for t in range(1, n):
        x[:, t] = phi * x[:, t - 1] + np.sqrt(1 - phi**2) * rng.standard_normal(chains)
    return x


def test_an_autoregression_forgets_geometrically(seed):
    found = autocorrelation(ar1(seed, 0.8), 10)
    assert found[0] == pytest.approx(1)
    # sd of an estimated autocorrelation, Bartlett's formula with all chains together: below 0.013 at these lags
    np.testing.assert_allclose(found, 0.8 ** np.arange(11), atol=0.06)


def tree(seconds, phi=0.5):
    data = {"mu": (("chain", "draw"), ar1(1, phi)), "tau": (("chain", "draw"), ar1(2, 0.0))}
    found = xr.DataTree.from_dict({"posterior": xr.Dataset(data)})
    found.attrs.update({} if seconds is None else {"seconds": seconds})
    return found


def test_the_worst_parameter_stands_first():
    table = ess_per_second(tree(2.0))
    assert list(table.index) == ["mu", "tau"]
    np.testing.assert_allclose(table["ess_per_second"], table["ess_bulk"] / 2)
    # ESS of an AR(1) is n (1 - phi) / (1 + phi)
    assert table.loc["mu", "ess_bulk"] == pytest.approx(32_000 / 3, rel=0.15)


@pytest.mark.parametrize(("draws", "lags", "said"), [
    (np.zeros(10), 2, "shape"), (np.full((2, 40), np.nan), 2, "finite"), (np.ones((2, 40)), 2, "chain 0 never moves"),
    (np.random.default_rng(1).standard_normal((2, 40)), 11, "at most a quarter"),
    (np.random.default_rng(1).standard_normal((2, 40)), 2.5, "lags: a whole number from 1"),
])
def test_what_has_no_autocorrelation_is_refused(draws, lags, said):
    with pytest.raises(ValueError, match=said):
        autocorrelation(draws, lags)


def test_a_result_without_its_time_is_refused():
    with pytest.raises(ValueError, match="seconds"):
        ess_per_second(tree(None))
