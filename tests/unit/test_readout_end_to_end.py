"""From a file to a table and a report, and what a reader is told on the way."""

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from hbm_lib.cli import app
from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators.baselines import no_pooling_estimates, to_data
from hbm_lib.readout.write import write


@pytest.fixture
def rows(seed):
    rng = np.random.default_rng(seed)
    n, units = 8, 4
    unit = np.repeat(np.arange(units), 2 * n)
    arm = np.tile(np.repeat(["control", "treatment"], n), units)
    genre = np.where(unit < 3, "<script>alert(1)</script>", "b")
    return pd.DataFrame({"creator_id": unit, "genre": genre, "group": arm, "revenue": rng.normal(5, 2, len(unit))})


def call(rows, folder, *options):
    rows.to_csv(folder / "in.csv", index=False)
    return CliRunner().invoke(app, ["readout", str(folder / "in.csv"), "--group", "genre", "--out", str(folder / "out"), *options])


def test_the_table_is_that_of_the_exact_fit(rows, tmp_path):
    assert call(rows, tmp_path).exit_code == 0
    table = pd.read_csv(tmp_path / "out" / "readout.csv")
    found = fit_exact(creators.partial_pooling(), to_data(no_pooling_estimates(rows)))
    for column, truth in {"pooled_effect": found.mean("tau"), "sd": found.sd("tau"), "low": found.quantile("tau", 0.025),
                          "p_above": found.above(0)}.items():
        np.testing.assert_allclose(table[column], truth, rtol=1e-6)


def test_labels_and_column_names_are_escaped_and_no_host_is_asked(rows, tmp_path):
    name = "<script>revenue"
    assert call(rows.rename(columns={"revenue": name}), tmp_path, "--outcome", name).exit_code == 0
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "http" not in page
    for caveat in ("Few units", "Tiny arms", "A group of one"):
        assert caveat in page
    for absent in ("Heavy tails", "Scaled priors"):
        assert absent not in page


def test_large_effects_scale_the_priors(rows, tmp_path):
    rows["revenue"] = 1000 * (rows["revenue"] + 2 * (rows["group"] == "treatment"))
    assert call(rows, tmp_path).exit_code == 0
    assert "Scaled priors" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(("change", "words"), [
    (lambda r: r.drop(columns="genre"), "column 'genre'"),
    (lambda r: r.assign(group=r["group"].where(r.index != 3, "other")), "row 3"),
    (lambda r: r[(r["creator_id"] != 2) | (r["group"] == "control")], "0 rows in arm 'treatment'"),
])
def test_bad_input_is_told_and_nothing_is_written(rows, tmp_path, change, words):
    result = call(change(rows), tmp_path)
    assert result.exit_code == 2
    assert words in result.output
    assert not (tmp_path / "out").exists()


def test_a_writer_that_fails_leaves_nothing_new(tmp_path):
    (tmp_path / "a").write_text("old")

    def fails(path):
        path.write_text("half")
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write(tmp_path, {"a": lambda path: path.write_text("new"), "b": fails})
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert (tmp_path / "a").read_text() == "old"
