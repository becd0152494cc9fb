"""Measures against the truth are those of plain NumPy, partial pooling wins by them, and the gate lets nothing doubtful by."""

import re

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from hbm_lib import fit, fit_exact, seeds
from hbm_lib.models import creators
from hbm_lib.models.creators import baselines, simulate
from hbm_lib.protocols.creators import validation

MODEL = creators.partial_pooling()
# the first truth stands at the end of its interval, which counts as inside
TABLE = pd.DataFrame({
    "effect_hat": [0.0, 1.0, 2.0, 3.0, 4.0, 5.0], "ci_lower": [-1.0, 0.5, 1.9, 3.5, 3.0, 5.5],
    "ci_upper": [1.0, 1.5, 2.1, 4.5, 5.0, 6.5], "n_total": [30, 99, 100, 499, 500, 5000],
})
TRUTH = np.array([1.0, 1.75, 2.0, 3.0, 4.5, 5.0])


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def test_measures_by_hand():
    found = validation.measures(TABLE, TRUTH)
    wanted = pd.DataFrame({"creators": [6, 2, 2, 2], "mse": [(1 + 0.5625 + 0.25) / 6, (1 + 0.5625) / 2, 0, 0.125],
                           "coverage": [0.5, 0.5, 0.5, 0.5], "width": [7.2 / 6, 1.5, 0.6, 1.5]},
                          index=["overall", "<100", "100–500", "500+"])
    pd.testing.assert_frame_equal(found, wanted, check_dtype=False)


def test_a_bin_without_creators_has_no_measures():
    found = validation.measures(TABLE.iloc[:2], TRUTH[:2])
    assert found.loc["500+", "creators"] == 0
    assert found.loc["500+", ["mse", "coverage", "width"]].isna().all()


@pytest.mark.parametrize(("table", "truth", "said"), [
    (TABLE, TRUTH[:5], "truth: one value a creator is needed, for 6 creators, got 5"),
    (TABLE.iloc[:0], TRUTH[:0], "truth: one value a creator is needed, for 0 creators, got 0"),
    (TABLE, 1.0, "truth: one number a row is needed, got 1.0"),
    (TABLE, np.where(TRUTH == 2, np.nan, TRUTH), "truth, row 2: nan is missing or infinite"),
    (TABLE.drop(columns="n_total"), TRUTH, "column 'n_total' is not in the table"),
    (TABLE.assign(ci_lower=-np.inf), TRUTH, "column 'ci_lower', row 0: -inf is missing or infinite"),
    ([1.0], TRUTH, "frame: a pandas or Polars data frame is needed, got list"),
])
def test_what_cannot_be_measured(table, truth, said):
    refused(said, lambda: validation.measures(table, truth))


# --- the comparison that the chapter promises ---------------------------------------------------

DATA_SETS = 8


@pytest.fixture(scope="module")
def compared(seed_for):
    """Each data set's comparison: no pooling, complete pooling, and the exact posterior's means and 95 % intervals."""
    found = []
    for child in range(DATA_SETS):
        df, truth = simulate.generate_experiment_data(seed_for(f"creators, compared, {child}"))
        own = baselines.no_pooling_estimates(df)
        posterior = fit_exact(MODEL, baselines.to_data(own))
        partial = own.assign(effect_hat=posterior.mean("tau"), ci_lower=posterior.quantile("tau", 0.025),
                             ci_upper=posterior.quantile("tau", 0.975))
        methods = {"no": own, "complete": baselines.complete_pooling_estimates(df), "partial": partial}
        found.append(validation.comparison(methods, truth["creator_effects"]))
    return found


def test_partial_pooling_has_the_lowest_error(compared):
    """Overall and in every bin but the largest, where there is little to gain over no pooling, in every data set."""
    for table in compared:
        for where in ("overall", "<100", "100–500"):
            error = table.xs("mse", axis=1, level=1).loc[where]
            assert error["partial"] < min(error["no"], error["complete"]), (where, error)
        error = table.xs("mse", axis=1, level=1).loc["500+"]
        assert error["partial"] < 1.1 * error["no"]
        assert error["no"] < error["complete"]


def test_the_gain_is_largest_where_creators_are_small(compared):
    for table in compared:
        gain = table["no"]["mse"] - table["partial"]["mse"]
        assert gain["<100"] > gain["100–500"] > gain["500+"]


def test_intervals_cover_and_are_narrower(compared):
    """Of some 4000 intervals: coverage within five standard errors of 95 %, overall and by size; complete pooling's is far off.

    The creators of one data set share its genres and scales, so the limit is wider than theirs alone would have it.
    """
    for where in validation.BINS | {"overall": None}:
        n = sum(t["no"]["creators"][where] for t in compared)
        share = {method: sum(t[method]["coverage"][where] * t[method]["creators"][where] for t in compared) / n
                 for method in ("no", "partial", "complete")}
        slack = 5 * np.sqrt(0.95 * 0.05 / n)
        assert abs(share["partial"] - 0.95) < slack, (where, share)
        # small arms: the normal interval with an estimated standard error covers a little less
        assert -slack - 0.01 < share["no"] - 0.95 < slack, (where, share)
        assert share["complete"] < 0.5
    for table in compared:
        width = table.xs("width", axis=1, level=1)
        assert (width["partial"] < width["no"]).all()
        assert width.loc["<100", "partial"] < 0.8 * width.loc["<100", "no"]


# --- the gate -----------------------------------------------------------------------------------

SMALL = creators.Data([0.9, 0.1, 1.4, -0.6, 0.5, 0.2], [0.5, 0.2, 0.9, 0.4, 0.1, 0.3], list("aabbcc"))


def chains(engine="pymc", shift=0.0, draws=500, stuck=False, **stats):
    """Independent normal draws as a result: with ``shift``, the fourth chain stands elsewhere."""
    x = seeds.rng(4, "gate").standard_normal((4, draws))
    x[3] += shift
    if stuck:
        x = np.cumsum(x, axis=1)
    groups = {"posterior": xr.Dataset({"mu_global": (("chain", "draw"), x), "tau": (("chain", "draw", "creator"), x[..., None])})}
    if stats:
        groups["sample_stats"] = xr.Dataset({k: (("chain", "draw"), np.broadcast_to(v, x.shape)) for k, v in stats.items()})
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = {"engine": engine} if engine else {}
    return tree


def test_a_clean_result_passes():
    table = validation.gate(chains(diverging=False))
    assert list(table.index) == ["mu_global", "tau[0]"]
    assert (table["rhat"] < 1.01).all()


@pytest.mark.parametrize("engine", ["pymc", "numpyro", None, "other"])
@pytest.mark.parametrize("stats", [{}, {"energy": 1.0}])
def test_no_record_of_divergences_is_no_pass(engine, stats):
    refused(f"sample_stats: engine {engine!r} left no record of divergent transitions", lambda: validation.gate(
        chains(engine, **stats)))


@pytest.mark.parametrize("engine", ["pymc", "numpyro", None])
def test_one_divergence_is_one_too_many(engine):
    one = np.zeros((4, 500), bool)
    one[2, 17] = True
    refused("1 divergent transition; 0 are accepted", lambda: validation.gate(chains(engine, diverging=one)))
    one[3, 4] = True
    refused("2 divergent transitions; 0 are accepted", lambda: validation.gate(chains(engine, diverging=one)))


def test_chains_that_disagree_or_do_not_move_are_refused():
    refused("mu_global: R-hat is ", lambda: validation.gate(chains(shift=0.5, diverging=False)))
    refused("mu_global: R-hat is ", lambda: validation.gate(chains(stuck=True, diverging=False)))
    refused("mu_global: ESS is ", lambda: validation.gate(chains(draws=60, diverging=False), rhat=1.1))
    refused("mu_global: R-hat is nan", lambda: validation.gate(chains(shift=np.nan, diverging=False)))
    refused("mu_global: ESS is ", lambda: validation.gate(chains(diverging=False), ess=3000))
    still = chains(diverging=False)
    still["posterior"] = xr.DataTree(still["posterior"].to_dataset() * 0)
    refused("R-hat", lambda: validation.gate(still))


def test_exact_draws_have_nothing_to_gate(seed):
    tree = fit(MODEL, SMALL, engine="exact", seed=seed)
    refused("engine 'exact': its draws are independent, so there is nothing to gate", lambda: validation.gate(tree))


def test_gibbs_has_no_divergences_to_record(seed):
    tree = fit(MODEL, SMALL, engine="gibbs", form="interwoven", seed=seed, draws=4000)
    assert len(validation.gate(tree)) == 3 + 3 + 6
    short = fit(MODEL, SMALL, engine="gibbs", form="interwoven", seed=seed, draws=50)
    refused("needed", lambda: validation.gate(short))
