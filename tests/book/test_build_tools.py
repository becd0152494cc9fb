"""The build's own parts: each small function does what its page says."""

import subprocess
import sys
from pathlib import Path

import landing_figure
import pytest
from environment import locked_block, wanted_stamp, why_stale
from hbm_book import icons, library
from hbm_book.finish import mend, shorten
from hbm_book.outputs import anchor_claims, mend_tables
from hbm_book.pages import claims_of
from hbm_book.sources import public_address, repository

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def inputs(tmp_path):
    (tmp_path / "requirements.txt").write_text("a==1\n")
    (tmp_path / "pyproject.toml").write_text("[project]\n")
    return tmp_path


def test_a_standing_environment_is_left_alone(inputs):
    stamp = wanted_stamp(inputs, "3.13.0")
    assert why_stale(stamp, wanted_stamp(inputs, "3.13.0")) is None


@pytest.mark.parametrize("name", ["requirements.txt", "pyproject.toml"])
def test_a_changed_input_makes_the_environment_stale(inputs, name):
    stamp = wanted_stamp(inputs, "3.13.0")
    (inputs / name).write_text("changed\n")
    assert name in why_stale(stamp, wanted_stamp(inputs, "3.13.0"))


def test_another_python_makes_the_environment_stale(inputs):
    assert "python" in why_stale(wanted_stamp(inputs, "3.13.0"), wanted_stamp(inputs, "3.14.1"))
    assert "no finished environment" in why_stale(None, wanted_stamp(inputs))


def test_the_lock_pins_the_installer_with_its_hashes():
    block = locked_block((ROOT / "requirements.txt").read_text(), "uv")
    assert block.startswith("uv==")
    assert block.count("--hash=sha256:") > 5
    assert block.count("==") == 1
    with pytest.raises(SystemExit, match="make lock"):
        locked_block("a==1\n", "uv")


@pytest.mark.parametrize(("remote", "address"), [
    ("git@github.com:ann/book.git", "https://github.com/ann/book"),
    ("ssh://git@github.com/ann/book.git", "https://github.com/ann/book"),
    ("https://github.com/ann/book", "https://github.com/ann/book"),
    ("https://gitlab.com/ann/book.git", "https://gitlab.com/ann/book"),
    ("/srv/git/book.git", None),
    ("https://example.org/ann/book.git", None),
    ("https://token@github.com/ann/book.git", None),
])
def test_only_a_public_address_gives_launch_buttons(remote, address):
    assert public_address(remote) == address


def test_the_address_comes_from_where_it_can_be_known(tmp_path, monkeypatch):
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert repository(tmp_path) is None
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert repository(tmp_path) is None
    subprocess.run(["git", "-C", str(tmp_path), "remote", "add", "origin",
                    "git@github.com:ann/book.git"], check=True)
    assert repository(tmp_path) == "https://github.com/ann/book"
    monkeypatch.setenv("GITHUB_REPOSITORY", "bob/book")
    assert repository(tmp_path) == "https://github.com/bob/book"


def test_claims_get_anchors_in_their_order():
    claim = '<p class="hbm-claim">It is {}.</p>'
    first, number = anchor_claims(claim.format("1") + claim.format("2"), 1)
    second, _ = anchor_claims(claim.format("3"), number)
    assert [f'id="claim-{n}"' in first + second for n in (1, 2, 3, 4)] == [True, True, True, False]
    outputs = [{"data": {"text/html": [claim.format("A &lt; B")]}}]
    notebook = {"cells": [{"cell_type": "code", "outputs": outputs}]}
    assert claims_of(notebook) == ["It is A < B."]


def test_empty_headers_become_cells():
    assert mend_tables('<tr><th class="a"> </th><th>y</th></tr>') == '<tr><td class="a"></td><th>y</th></tr>'


def test_repeated_ids_and_nameless_controls_are_mended():
    page = ('<summary><span class="toctree-toggle"></span></summary>'
            '<section id="exercise-content"></section><section id="exercise-content"></section>')
    mended = mend(page)
    assert 'id="exercise-content-1"' in mended
    assert 'id="exercise-content-2"' in mended
    assert "<summary aria-label=" in mended


def test_the_theme_is_known_before_the_page_is_drawn():
    line = 'document.documentElement.dataset.theme = localStorage.getItem("theme") || "auto";'
    assert "prefers-color-scheme: dark" in mend(f"<script>{line}</script>")


def test_descriptions_end_at_a_word():
    text = shorten("word " * 60)
    assert len(text) <= 160
    assert text.endswith("word…")


def test_icons_are_found_in_pages_and_styles():
    assert icons.icons_of('<i class="fa-solid fa-bars"></i><i class="fas fa-expand fa-lg"></i>') == {
        "fa-bars", "fa-expand", "fa-lg", "fa-solid"}
    css = '.fa-bars:before,.fa-navicon:before{content:"\\f0c9"}.x:after{content:"\\f107"}'
    assert icons.codepoints(css) == {"fa-bars": 0xF0C9, "fa-navicon": 0xF0C9}
    assert icons.drawn_by_styles(css) == {0xF107}
    assert icons.drop_unused(css, {"fa-expand"}) == '.x:after{content:"\\f107"}'
    assert icons.drop_unused(css, {"fa-bars"}) == css


def test_every_module_of_the_library_is_on_a_page():
    asked = {name for page in (ROOT / "back").glob("*.md")
             for mark in library.MARK.findall(page.read_text(encoding="utf-8"))
             for name in library.modules(ROOT, mark)}
    files = [file for file in (ROOT / "hbm_lib").rglob("*.py") if "bank" not in file.parts]
    every = {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
             for file in files}
    assert every - asked <= {"hbm_lib", "hbm_lib.cli"}


def test_docstrings_keep_their_bars_and_stars():
    assert library.escape("|a - b| <= 5 * SE, ``x * y``") == r"\|a - b\| <= 5 \* SE, ``x * y``"


def test_make_says_what_it_can_do():
    said = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("book", "test", "lab", "notebooks", "validate", "serve", "bench", "publish", "lint",
                   "lock", "clean"):
        assert f"  {target} " in said


def test_a_step_reports_and_passes_on_its_status():
    step = [sys.executable, str(ROOT / "tools" / "step.py"), "Failing on purpose."]
    done = subprocess.run([*step, sys.executable, "-c", "raise SystemExit(3)"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 3
    assert "▸ Failing on purpose." in done.stdout
    assert "✗ failed (status 3)" in done.stdout


def test_the_landing_page_shows_what_is_computed():
    assert landing_figure.FILE.read_text(encoding="utf-8") == landing_figure.svg()
    assert f":alt: {landing_figure.description()}\n" in (ROOT / "index.md").read_text(encoding="utf-8")


def test_the_landing_picture_moves_with_the_model(monkeypatch):
    monkeypatch.setattr(landing_figure.es, "noncentered", landing_figure.es.skeptical)
    assert landing_figure.FILE.read_text(encoding="utf-8") != landing_figure.svg()
