"""Broken passes over creators elsewhere: each gives another answer than memory, which the sound ones do not."""

import frames
import numpy as np
import pandas as pd
import pytest
from planting import planted

from hbm_lib import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators import grouped, parts, simulate, stream, summarize

MODEL = creators.partial_pooling()
# what is wrong: (kind of frame, sound source, broken source)
ROWS = {
    "the gaps between parts' means are dropped": ("dask", ' + parts["n"] * (parts["mean"] - mean) ** 2', ""),
    "parts' means without their weights": ("dask", 'parts["mean"] * parts["n"] / n)', 'parts["mean"] / parts["n"].size)'),
    "ddof 0": ("dask", '(out["n"] - 1).where', '(out["n"] - 0).where'),
    "only one part is kept": ("dask", '"var": "sum"', '"var": "first"'),
    "the backend's own variance, about 0": ("dask", "_in_parts(table, columns) if table.implementation.is_dask() else _cells",
                                            "_cells"),
    "ddof 0 in a cell": ("duckdb", "x.var(ddof=1)", "x.var(ddof=0)"),
}
PASSES = {
    "the last batch alone": ("duckdb", "raw += own(batch)", "raw = own(batch)"),
    "one partition alone": ("dask", "nw.col(*_SUMS).sum()", "nw.col(*_SUMS).max()"),
    "genres in another order": ("polars, lazy", "replace_strict(genres,", "replace_strict(genres[::-1],"),
    "effect and standard error swapped": ("duckdb", "for x in (effect, se))", "for x in (se, effect))"),
    "half of each batch": ("duckdb", "to_arrow_reader(rows)", "limit(100).to_arrow_reader(rows)"),
}
FIRST = {
    "a genre's creators counted once": ('read["n"].to_numpy(int)', 'read["n"].to_numpy(int) // read["n"].to_numpy(int)'),
    "genres not sorted with their sums": ('tuple(read["genre"])', 'tuple(read["genre"][::-1])'),
}
READ = {
    "the last creator's genre for all": ("posterior.read(_creators(found.totals.genres, index,",
                                         "posterior.read(_creators(found.totals.genres, 0 * index,"),
    "one tail twice": ('"ci_upper": (1 + level) / 2', '"ci_upper": (1 - level) / 2'),
    "the tail's other half": ("(1 - level) / 2, ", "(1 - level), "),
}


@pytest.fixture(scope="module")
def rows():
    """Users' rows about a large mean, in many parts."""
    df, _ = simulate.generate_experiment_data(5, genres=2, creators_per_genre=3)
    return df.astype({"genre": object, "group": object}).assign(revenue=df["revenue"] + 1e7).sample(frac=1, random_state=2)


@pytest.fixture(scope="module")
def table():
    """600 creators of three unequal genres, the first rows in the genres' order."""
    rng = np.random.default_rng(8)
    index = np.concatenate([[0, 1, 2], rng.choice(3, 597, p=[0.6, 0.3, 0.1])])
    se = np.exp(rng.normal(-1, 0.5, 600))
    effect = np.array([-0.5, 0.5, 1.5])[index] + rng.standard_normal(600) * np.hypot(0.4, se)
    return pd.DataFrame({"creator_id": range(600), "genre": np.array(list("abc"))[index], "effect_hat": effect, "se": se})


@pytest.fixture(scope="module")
def memory(table):
    return fit_exact(MODEL, creators.Data.from_frame(table, effect="effect_hat", se="se", genre="genre"))


def gap(found, wanted):
    names = ("mu_global", "sigma_genre", "sigma_creator", "mu_genre")
    with np.errstate(all="ignore"):
        gaps = [np.max(np.abs(getattr(found, ask)(n) / getattr(wanted, ask)(n) - 1)) for n in names for ask in ("mean", "sd")]
    return np.max(np.nan_to_num(gaps, nan=np.inf))


@pytest.mark.parametrize("bug", ROWS)
def test_users_rows(rows, bug, tmp_path):
    kind, old, new = ROWS[bug]
    plain = rows.groupby(["creator_id", "group"])["revenue"].var().unstack().to_numpy()
    frame = frames.as_kind(rows, kind, tmp_path)

    def miss(module):
        with np.errstate(all="ignore"):
            found = module.summarize(frame)[["var_control", "var_treatment"]].to_numpy()
        return np.nan_to_num(np.max(np.abs(found / plain - 1)), nan=np.inf)

    assert miss(summarize) < 1e-6
    assert miss(planted(summarize, old, new)) > 1e-4


@pytest.mark.parametrize("bug", PASSES)
def test_second_pass(table, memory, bug, tmp_path, monkeypatch):
    kind, old, new = PASSES[bug]
    frame = frames.as_kind(table, kind, tmp_path)
    monkeypatch.setattr(parts.batches, "__defaults__", (150,))
    assert gap(grouped.fit_grouped(MODEL, frame).posterior, memory) < 1e-9
    broken = planted(parts, old, new)
    monkeypatch.setattr(broken.batches, "__defaults__", (150,))
    monkeypatch.setattr(grouped, "partials", broken.partials)
    with np.errstate(all="ignore"):
        assert gap(grouped.fit_grouped(MODEL, frame).posterior, memory) > 1e-3


@pytest.mark.parametrize("bug", FIRST)
def test_first_pass(table, memory, bug):
    assert gap(grouped.fit_grouped(MODEL, table).posterior, memory) < 1e-9
    with np.errstate(all="ignore"):
        assert gap(planted(grouped, *FIRST[bug]).fit_grouped(MODEL, table).posterior, memory) > 1e-3


@pytest.mark.parametrize("bug", READ)
def test_readouts(table, memory, bug):
    found = grouped.fit_grouped(MODEL, table)
    wanted = {"effect_hat": memory.mean("tau")}
    wanted |= {name: memory.quantile("tau", q) for name, q in (("ci_lower", 0.025), ("ci_upper", 0.975))}

    def miss(module):
        read = module.readout(found, table)
        return max(np.max(np.abs(read[name] - value)) for name, value in wanted.items())

    assert miss(stream) < 1e-7
    assert miss(planted(stream, *READ[bug])) > 1e-2
