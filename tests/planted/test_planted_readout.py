"""Bugs planted into the readout: each is seen by a check that the sound one passes."""

import numpy as np
import pandas as pd
import pytest
from planting import planted
from readout_checks import SETTINGS, gap
from readouts import users

from hbm_lib.readout import analyze, by_duckdb, by_pandas, cells, checks, read, score, table, tails, units, write

# what is wrong: (module, sound source, broken source)
NUMBERS = {
    "the threshold is not rescaled": (table, "found.above(threshold / scale)", "found.above(threshold)"),
    "above for below": (table, "p_above=np.clip(found.above(threshold / scale), 0, 1)",
                        "p_above=1 - np.clip(found.above(threshold / scale), 0, 1)"),
    "intervals of the wrong level": (table, "tail, half = (1 - level) / 2", "tail, half = (1 - level)"),
    "raw intervals always at 95 percent": (table, "stats.norm.ppf((1 + level) / 2) * se", "1.96 * se"),
    "the upper end is the lower one": (table, 'found.quantile("tau", 1 - tail)', 'found.quantile("tau", tail)'),
    "the pooled effect is not scaled back": (table, 'pooled, sd = scale * np.asarray(found.mean("tau"))',
                                             'pooled, sd = np.asarray(found.mean("tau"))'),
    "the spread is not scaled back": (table, 'spread = scale * float(found.mean("sigma_creator"))',
                                      'spread = float(found.mean("sigma_creator"))'),
    "the priors stay at 1": (table, "width = 1.0 if prior_scale is None", "width = 1 / scale if prior_scale is None"),
    "the arms are exchanged": (
        table, 'table["mean_treatment"] - table["mean_control"]', 'table["mean_control"] - table["mean_treatment"]'),
    "variances without their counts": (
        table, 'table[f"var_{a}"] / table[f"n_{a}"] for a in ARMS', 'table[f"var_{a}"] / 50 for a in ARMS'),
    "the pooled sd forgets the counts": (table, '(table[f"n_{a}"] - 1) * table[f"var_{a}"] for', '30 * table[f"var_{a}"] for'),
    "shrinkage is reversed": (score, '"shrinkage": 1 - own', '"shrinkage": own'),
    "confidence is shrinkage": (score, '"confidence": own', '"confidence": 1 - own'),
    "moved the other way": (score, "(pooled - effect) / se", "(effect - pooled) / se"),
    "sd for variance in the score": (
        score, "own, moved = spread**2 / (spread**2 + se**2)", "own, moved = spread / (spread + se)"),
    "the variance of a population": (cells, "x.var(ddof=1)", "x.var(ddof=0)"),
    "rows counted for both arms": (units, 'zip(("treatment", "control"), labels, strict=True)}\n    wide',
                                   'zip(("treatment", "control"), labels[::-1], strict=True)}\n    wide'),
}


def a_file(folder):
    rows = users(np.random.default_rng(8), units=25, scale=100.0)
    rows.to_csv(folder / "in.csv", index=False)
    return rows


@pytest.mark.parametrize("bug", NUMBERS)
def test_the_numbers(bug, tmp_path, monkeypatch):
    rows = a_file(tmp_path)
    assert gap(analyze.analyze(tmp_path / "in.csv", SETTINGS).table, rows) < 0.01
    module, old, new = NUMBERS[bug]
    broken = planted(module, old, new)
    for place in (analyze, table):
        for name in ("cells", "units", "fitted", "pooled_sd", "readouts", "score", "raw_effects"):
            if hasattr(place, name) and getattr(getattr(place, name), "__module__", "") == module.__name__:
                monkeypatch.setattr(place, name, getattr(broken, name))
    assert gap(analyze.analyze(tmp_path / "in.csv", SETTINGS).table, rows) > 0.3


TAILS = {
    "biased moments": ("n**2 * ((n + 1) * m4 - 3 * (n - 1) * m2**2) / ((n - 1) * (n - 2) * (n - 3))", "m4 - 3 * m2**2"),
    "the variance squared is not mended": ("k2**2 - k4 / n", "k2**2"),
    "excess for kurtosis": ("return 3 + top / bottom", "return top / bottom"),
}


@pytest.mark.parametrize("bug", TAILS)
def test_the_tails_of_an_exponential(bug, seed):
    x = np.random.default_rng(seed).exponential(size=(60_000, 8))
    d = x - x.mean(1, keepdims=True)
    values = {"n": np.full(len(x), 8.0), "var": x.var(1, ddof=1), "m4": (d**4).mean(1)}
    frame = pd.DataFrame({f"{what}_{arm}": v for arm in tails.ARMS for what, v in values.items()})
    assert tails.kurtosis(frame) == pytest.approx(9, abs=1.5)
    assert planted(tails, *TAILS[bug]).kurtosis(frame) != pytest.approx(9, abs=1.5)


@pytest.mark.parametrize(("module", "old", "new"), [
    (by_duckdb, "row_number() OVER () AS row", "row_number() OVER () - 1 AS row"),
    (by_pandas, "np.arange(1, len(out) + 1)", "np.arange(len(out))"),
])
def test_rows_are_counted_from_one(module, old, new, tmp_path, monkeypatch):
    rows = a_file(tmp_path).astype({"revenue": object})
    rows.loc[6, "revenue"] = "oops"
    rows.to_csv(tmp_path / "in.csv", index=False)
    engine = module.__name__.rsplit("_", 1)[1]

    def told():
        with pytest.raises(ValueError, match="oops") as error:
            analyze.analyze(tmp_path / "in.csv", SETTINGS, engine=engine)
        return str(error.value)

    assert "row 7 " in told()
    monkeypatch.setattr(module, "rows", planted(module, old, new).rows)
    assert "row 7 " not in told()


def full_disk(module, folder):
    """Return the files that are left when the second of two writers fails."""
    def fails(path):
        path.write_text("half")
        raise OSError("full")

    folder.mkdir()
    (folder / "a").write_text("old")
    with pytest.raises(OSError, match="full"):
        module.write(folder, {"a": lambda path: path.write_text("new"), "b": fails})
    return {p.name: p.read_text() if p.is_file() else None for p in folder.iterdir()}


@pytest.mark.parametrize(("old", "new"), [
    ("save(aside / name)", "save(out / name)"), ("shutil.rmtree(aside, ignore_errors=True)", "pass")])
def test_nothing_is_half_written(old, new, tmp_path):
    assert full_disk(write, tmp_path / "sound") == {"a": "old"}
    assert full_disk(planted(write, old, new), tmp_path / "broken") != {"a": "old"}


def test_a_check_that_never_fires(tmp_path):
    rows = users(np.random.default_rng(1), units=5)
    rows.to_csv(tmp_path / "in.csv", index=False)
    found = analyze.analyze(tmp_path / "in.csv", SETTINGS)
    again = {"units": found.units, "table": found.table, "found": found.found, "others": [found.found], "grouped": True}
    assert "Few units" in [c.title for c in checks.caveats(**again)]
    end = ":\n        return None\n    return Caveat"
    broken = planted(checks, f"if len(table) >= FEW_UNITS{end}", f"if len(table) >= 0{end}")
    assert "Few units" not in [c.title for c in broken.caveats(**again)]


def test_labels_that_pandas_would_take_for_missing(tmp_path, monkeypatch):
    rows = a_file(tmp_path)
    rows["genre"] = rows["genre"].map({"g0": "NA", "g1": "null", "g2": "None"})
    rows.to_csv(tmp_path / "in.csv", index=False)
    found = analyze.analyze(tmp_path / "in.csv", SETTINGS, engine="pandas")
    assert set(found.table["group"]) == {"NA", "null", "None"}
    monkeypatch.setattr(read.by_pandas, "rows", planted(by_pandas, "keep_default_na=False,", "").rows)
    with pytest.raises(ValueError, match="label is missing"):
        analyze.analyze(tmp_path / "in.csv", SETTINGS, engine="pandas")
