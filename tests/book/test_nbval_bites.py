"""Comparing the notebooks is not vacuous: a changed number, word or error is noticed."""

import os
import re
import subprocess
import sys

import nbformat
import pytest
from nbval.plugin import get_sanitize_patterns
from notebooks import SANITISER

PATTERNS = get_sanitize_patterns(SANITISER.read_text(encoding="utf-8"))

SVG = """<div class="hbm-figure" role="img" aria-label="A line falls from {top} to zero.">
<svg viewBox="0 0 100 50" width="100%"><defs><path id="fig-m1" d="M 0 {a} L 1 1"/></defs>
<g id="fig-axes_1"><path d="M {a} 1 L 2 {a}" style="fill: none"/>
<text x="{a}" y="2" style="font-size: 10px">{word}</text></g></svg></div>"""


def sanitised(text):
    for pattern, replacement in PATTERNS:
        text = re.sub(pattern, replacement, text)
    return text


def test_the_sanitiser_has_all_its_patterns():
    text = SANITISER.read_text(encoding="utf-8")
    assert len(PATTERNS) == text.count("\nregex:") >= 9


def test_only_the_shapes_of_a_figure_are_passed_over():
    first = sanitised(SVG.format(top="28", a="3.14159", word="tau"))
    assert first == sanitised(SVG.format(top="28", a="3.14160", word="tau"))
    assert first != sanitised(SVG.format(top="28", a="3.14159", word="mu"))
    assert first != sanitised(SVG.format(top="27", a="3.14159", word="tau"))


@pytest.mark.parametrize(("one", "other"), [
    ("made 2026-01-02T03:04:05Z", "made 2027-11-12 13:14:15.5"),
    ("<object at 0x7f1b2c3d4e5f>", "<object at 0x7f0000000001>"),
    ("took 3.2 s", "took 11.75 s"),
    ("f47ac10b-58cc-4372-a567-0e02b2c3d479", "a47ac10b-58cc-4372-a567-0e02b2c3d470"),
])
def test_what_differs_between_runs_is_passed_over(one, other):
    assert sanitised(one) == sanitised(other)


@pytest.mark.parametrize(("one", "other"), [
    ("E[tau] is 4.707", "E[tau] is 4.708"),
    ("within 5 MCSE: yes", "within 5 MCSE: no"),
    ("28 schools", "29 schools"),
    ('<p class="hbm-claim">It is 7.45.</p>', '<p class="hbm-claim">It is 7.46.</p>'),
    ("<td>28</td>", "<td>27</td>"),
])
def test_a_result_is_not_passed_over(one, other):
    assert sanitised(one) != sanitised(other)


def notebook(folder, shown):
    book = nbformat.v4.new_notebook()
    cell = nbformat.v4.new_code_cell("print('E[tau] is', round(4.7071, 3))", execution_count=1)
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=shown)]
    book.cells = [cell]
    path = folder / "page.ipynb"
    nbformat.write(book, path)
    return path


@pytest.mark.parametrize(("shown", "status"), [("E[tau] is 4.707\n", 0), ("E[tau] is 4.708\n", 1)])
def test_a_doctored_notebook_fails(tmp_path, shown, status):
    path = notebook(tmp_path, shown)
    environment = {key: value for key, value in os.environ.items() if "PYTEST" not in key}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env", "--nbval-sanitize-with",
         str(SANITISER), "-p", "no:cacheprovider", "--rootdir", str(tmp_path), "-c", os.devnull,
         str(path)],
        capture_output=True, text=True, check=False, cwd=tmp_path, env=environment)
    assert done.returncode == status, done.stdout
