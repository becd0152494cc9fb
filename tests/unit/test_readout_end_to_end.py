"""From a file to a table and a report, by the command."""

import re
import subprocess
import sys
from html.parser import HTMLParser
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from readouts import NASTY, call, page, table, users
from scipy import stats

from hbm_lib.fitting import fit_exact
from hbm_lib.models import creators
from hbm_lib.models.creators.baselines import no_pooling_estimates, to_data
from hbm_lib.priors import HalfNormal, Normal
from hbm_lib.readout.table import MEANING


@pytest.fixture
def rows(seed):
    return users(np.random.default_rng(seed))


@pytest.mark.parametrize("file", ["in.csv", "in.parquet", "in.csv.gz"])
def test_the_table_is_that_of_the_exact_fit(rows, tmp_path, file):
    options = ("--prior-scale", 1, "--threshold", 0.3, "--level", 0.8)
    assert call(rows, tmp_path, *options, file=file).exit_code == 0
    got, own = table(tmp_path), no_pooling_estimates(rows)
    found = fit_exact(creators.partial_pooling(), to_data(own))
    assert list(got.columns) == list(MEANING)
    half = stats.norm.ppf(0.9) * own["se"]
    for column, truth in {
        "raw_effect": own["effect_hat"], "se": own["se"], "raw_low": own["effect_hat"] - half,
        "raw_high": own["effect_hat"] + half, "n_total": own["n_total"],
        "pooled_effect": found.mean("tau"), "pooled_sd": found.sd("tau"),
        "pooled_low": found.quantile("tau", 0.1), "pooled_high": found.quantile("tau", 0.9), "p_above": found.above(0.3),
    }.items():
        np.testing.assert_allclose(got[column], truth, rtol=1e-5, atol=1e-7, err_msg=column)


def test_the_priors_are_stated_in_the_outcomes_spread(rows, tmp_path):
    assert call(rows, tmp_path).exit_code == 0
    own = no_pooling_estimates(rows)
    x = rows["revenue"] - rows.groupby(["creator_id", "group"])["revenue"].transform("mean")
    spread = float(np.sqrt((x**2).sum() / (len(rows) - 2 * len(own))))
    model = creators.partial_pooling().with_prior(
        mu_global=Normal(0, spread), sigma_genre=HalfNormal(spread), sigma_creator=HalfNormal(spread))
    np.testing.assert_allclose(table(tmp_path)["pooled_effect"], fit_exact(model, to_data(own)).mean("tau"), rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("factor", [1e-6, 100.0, 1e6])
def test_dollars_and_cents_give_the_same_readout(rows, tmp_path, factor):
    scaled = ["raw_effect", "se", "raw_low", "raw_high", "pooled_effect", "pooled_sd", "pooled_low", "pooled_high"]
    for name, times in (("dollars", 1.0), ("cents", factor)):
        (tmp_path / name).mkdir()
        done = call(rows.assign(revenue=times * rows["revenue"]), tmp_path / name, "--threshold", 0.4 * times)
        assert done.exit_code == 0, done.output
    dollars, cents = table(tmp_path / "dollars"), table(tmp_path / "cents")
    np.testing.assert_allclose(cents[scaled], factor * dollars[scaled], rtol=1e-6, atol=1e-8 * factor)
    for same in ("shrinkage", "moved", "confidence", "p_above"):
        np.testing.assert_allclose(cents[same], dollars[same], rtol=1e-6, atol=1e-8)
    assert (cents["reason"] == dollars["reason"]).all()


def test_a_threshold_far_below_and_far_above(rows, tmp_path):
    for threshold, truth in ((-1e3, 1.0), (1e3, 0.0)):
        assert call(rows, tmp_path, "--threshold", threshold).exit_code == 0
        np.testing.assert_allclose(table(tmp_path)["p_above"], truth, atol=1e-9)


def test_shrinkage_goes_toward_the_group_and_falls_with_size(rows, tmp_path):
    assert call(rows, tmp_path, group=None).exit_code == 0
    got = table(tmp_path)
    order = np.argsort(got["se"])
    assert (np.diff(got["shrinkage"].to_numpy()[order]) >= 0).all()
    np.testing.assert_allclose(got["confidence"] + got["shrinkage"], 1)
    np.testing.assert_allclose(got["moved"], (got["pooled_effect"] - got["raw_effect"]) / got["se"])
    assert got["pooled_effect"].std() < got["raw_effect"].std()
    assert (got["pooled_high"] - got["pooled_low"]).mean() < (got["raw_high"] - got["raw_low"]).mean()


class Reader(HTMLParser):
    """Collects tags, attributes and text as a browser would."""

    def __init__(self):
        super().__init__()
        self.tags, self.text = [], ""

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


def read(html):
    reader = Reader()
    reader.feed(html)
    return reader


@pytest.mark.parametrize("file", ["in.csv", "in.parquet"])
@pytest.mark.parametrize("names", [
    dict(zip(("creator_id", "genre", "group", "revenue"), NASTY[:4], strict=True)),
    {"creator_id": "n", "genre": "creator_id", "group": "unit", "revenue": "x"},
    {"creator_id": "revenue", "genre": "row", "group": "raw", "revenue": "group"},
    {"creator_id": "C0", "genre": "c0", "group": "c1", "revenue": "a b"},
])
def test_columns_and_labels_may_be_called_anything(rows, tmp_path, names, file):
    labels = np.array(NASTY)
    nasty = rows.assign(creator_id=np.char.add(labels[rows["creator_id"] % len(labels)], rows["creator_id"].astype(str)),
                        genre=labels[rows["creator_id"] % 3 + 2],
                        group=rows["group"].map({"treatment": "<b>T", "control": "it's"}))
    plain, odd = tmp_path / "plain", tmp_path / "odd"
    for folder in (plain, odd):
        folder.mkdir()
    unit, group, arm, outcome = names.values()
    roles = ("--unit", unit, "--arm", arm, "--outcome", outcome, "--treatment", "<b>T")
    done = call(nasty.rename(columns=names), odd, *roles, file=file, group=group)
    assert done.exit_code == 0, done.output
    assert call(rows.assign(genre=rows["creator_id"] % 3), plain).exit_code == 0
    got, base = table(odd), table(plain)
    assert set(got["unit"]) == set(nasty["creator_id"])
    np.testing.assert_allclose(np.sort(got["pooled_effect"]), np.sort(base["pooled_effect"]), rtol=1e-6, atol=1e-9)
    html = page(odd)
    found = read(html)
    assert not {"script", "b"} & {tag for tag, _ in found.tags}
    assert "alert(1)</script>" in found.text
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on")]


def test_the_page_asks_nothing_of_others_and_can_be_read_aloud(rows, tmp_path):
    assert call(rows, tmp_path).exit_code == 0
    found = read(page(tmp_path))
    for tag, attributes in found.tags:
        assert tag not in ("script", "link", "img", "iframe", "image")
        for name in ("src", "href", "xlink:href", "action"):
            assert attributes.get(name, "#").startswith("#")
    assert not re.search(r"url\((?!#)|@import", page(tmp_path))
    html = dict(found.tags)["html"]
    assert html == {"lang": "en"}
    pictures = [a for _, a in found.tags if a.get("role") == "img"]
    assert len(pictures) == 4
    assert all(len(a["aria-label"]) > 40 for a in pictures)
    tags = [tag for tag, _ in found.tags]
    assert tags.count("h1") == 1
    assert tags.count("table") == tags.count("caption") == 3
    assert all(a.get("scope") in ("col", "row") for tag, a in found.tags if tag == "th")
    ids = [a["id"] for _, a in found.tags if "id" in a]
    assert len(ids) == len(set(ids))
    levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))


def test_the_command_in_a_process_of_its_own(rows, tmp_path):
    rows.to_csv(tmp_path / "in.csv", index=False)
    code = "from hbm_lib.cli import app; app()"
    command = [sys.executable, "-c", code, "readout", "in.csv", "--group", "genre"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["readout/readout.csv", "readout/report.html"]
    assert "\x1b" not in done.stderr
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["in.csv", "readout", "readout.csv", "report.html"]
    bad = subprocess.run([*command, "--outcome", "none"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert bad.returncode == 2
    assert bad.stderr.startswith("column 'none' is not in the table")
    assert "Traceback" not in bad.stderr


def test_twice_the_same(rows, tmp_path):
    assert call(rows, tmp_path).exit_code == 0
    first = page(tmp_path), table(tmp_path)
    shuffled = rows.sample(frac=1, random_state=3)
    assert call(shuffled, tmp_path).exit_code == 0
    pd.testing.assert_frame_equal(first[1], table(tmp_path), rtol=1e-9)
    text = [re.sub(r"<svg.*?</svg>", "", html, flags=re.S) for html in (first[0], page(tmp_path))]
    assert text[0] == text[1]


def test_a_parquet_table_joins_with_whole_numbers(rows, tmp_path):
    assert call(rows, tmp_path, "--format", "parquet", "--no-report").exit_code == 0
    got = pd.read_parquet(tmp_path / "out" / "readout.parquet")
    assert list(got["unit"]) == list(range(12))
    assert got["unit"].dtype == "int64"
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["readout.parquet"]


@pytest.mark.parametrize("units", [1, 2])
@pytest.mark.parametrize("group", [None, "genre"])
def test_one_unit_and_two(seed, tmp_path, units, group):
    assert call(users(np.random.default_rng(seed), units=units), tmp_path, group=group).exit_code == 0
    assert len(table(tmp_path)) == units
    assert "Few units" in page(tmp_path)


def test_many_units_show_the_ends_and_say_where_all_are(seed, tmp_path):
    assert call(users(np.random.default_rng(seed), units=150, n=12), tmp_path).exit_code == 0
    html = page(tmp_path)
    assert len(table(tmp_path)) == 150
    for words in ("The 20 highest pooled effects", "The 20 lowest", "moved farthest", "holds every unit", "24 of the 150 units"):
        assert words in html


def test_pooled_effects_have_digits_of_their_own_doubt(seed, tmp_path):
    rng = np.random.default_rng(seed)
    rows = users(rng, units=60, n=12)
    rows["revenue"] = 400 + 30 * rng.standard_normal(len(rows))
    assert call(rows, tmp_path, group=None).exit_code == 0
    got, html = table(tmp_path), page(tmp_path)
    assert got["se"].median() > 10 > got["pooled_sd"].median() * 1.2, "the test shows nothing"
    first = re.search(r'<tr><th scope="row"><span class="cut">0</span></th>(.*?)</tr>', html)[1]
    cells = re.findall("<td>(.*?)</td>", first)
    assert "." not in cells[1]
    assert re.fullmatch(r"\u2212?\d+\.\d", cells[3]), cells


def test_the_words_below_the_intervals_count_the_narrower_ones(rows, tmp_path):
    assert call(rows, tmp_path).exit_code == 0
    got = table(tmp_path)
    n = int(((got["pooled_high"] - got["pooled_low"]) < (got["raw_high"] - got["raw_low"])).sum())
    assert f"narrower one in {'all' if n == 12 else n} of the 12 shown" in page(tmp_path)
