"""The notebooks behind the pages: twins equal, executed in order, outputs compared."""

import json
import re

import pytest
from notebooks import ROOT, inputs_hash, pages, recorded_hash, twins_differ, without_docstrings

PAGES = pages()
EXCUSED = "nbval-ignore-output"
SKIPPED = "nbval-skip"
REASON = re.compile(r"^\s*# Not compared: \S.{15,}", re.M)

by_name = pytest.mark.parametrize(
    "page", PAGES, ids=lambda page: page.relative_to(ROOT).with_suffix("").as_posix())


def code_cells(page):
    notebook = json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"]
            if cell["cell_type"] == "code" and "".join(cell["source"]).strip()]


def tags(cell):
    return set(cell["metadata"].get("tags", []))


def source(cell):
    return "".join(cell["source"])


def is_excused(cell):
    return EXCUSED in tags(cell) or "NBVAL_IGNORE_OUTPUT" in source(cell)


def unanswered(cells):
    """Return the faults of the excused cells: no reason given, or no claim that follows."""
    faults = []
    for number, cell in enumerate(cells):
        if not is_excused(cell):
            continue
        if not REASON.search(source(cell)):
            faults.append(f"code cell {number + 1} is not compared and does not say why "
                          "(# Not compared: ...)")
        if not any("claim(" in source(near) for near in cells[number:number + 2]):
            faults.append(f"code cell {number + 1} is not compared and no claim follows it")
    return faults


@by_name
def test_twins_are_equal(page):
    assert twins_differ(page) is None


@by_name
def test_the_executed_twin_is_up_to_date(page):
    assert recorded_hash(page) == inputs_hash(page), (
        "The page, the library or the lock changed since it was executed: run `make notebooks`.")


@by_name
def test_the_cells_were_executed_in_order_without_an_error(page):
    cells = code_cells(page)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    errors = [output for cell in cells for output in cell["outputs"]
              if output["output_type"] == "error"]
    assert not errors
    assert not any(SKIPPED in tags(cell) or "NBVAL_SKIP" in source(cell) for cell in cells)


@by_name
def test_nothing_is_written_to_stderr(page):
    for cell in code_cells(page):
        for output in cell["outputs"]:
            assert output.get("name") != "stderr", output["text"]


@by_name
def test_seconds_and_versions_are_recorded_and_within_budget(page):
    record = json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))["metadata"]["hbm"]
    assert 0 < record["seconds"] <= 60
    assert {"python", "numpy"} <= set(record["versions"])


@by_name
def test_an_excused_cell_says_why_and_is_answered_by_a_claim(page):
    faults = unanswered(code_cells(page))
    assert not faults, "\n".join(faults)


@by_name
def test_a_numbered_figure_is_its_cells_only_display(page):
    """MyST-NB puts every display of a cell into the figure, which repeats its number."""
    for cell in code_cells(page):
        if "figure" in cell["metadata"].get("mystnb", {}):
            shown = [output for output in cell["outputs"]
                     if output["output_type"] in ("display_data", "execute_result")]
            assert len(shown) == 1, f"{len(shown)} displays in the cell of a figure:\n{source(cell)}"


def test_at_least_seventy_per_cent_of_the_outputs_are_compared():
    cells = [cell for page in PAGES for cell in code_cells(page) if cell["outputs"]]
    compared = [cell for cell in cells if not is_excused(cell)]
    assert len(compared) >= 0.7 * len(cells), f"{len(compared)} of {len(cells)}"


def test_all_notebooks_together_are_within_budget():
    seconds = [json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))
               ["metadata"]["hbm"]["seconds"] for page in PAGES]
    cores = [0.0, 0.0]  # as `make notebooks` does it on two cores: the next page goes to the one that is free
    for one in sorted(seconds, reverse=True):
        cores[cores.index(min(cores))] += one
    assert max(cores) <= 600


def cell_of(text, *cell_tags):
    return {"cell_type": "code", "source": text, "outputs": [], "metadata": {"tags": [*cell_tags]}}


def test_an_excuse_without_reason_or_claim_is_caught():
    why = "# Not compared: draws of another processor differ.\n"
    assert len(unanswered([cell_of("x", EXCUSED), cell_of("y")])) == 2
    assert len(unanswered([cell_of(why + "x", EXCUSED), cell_of("y")])) == 1
    assert len(unanswered([cell_of("x", EXCUSED), cell_of("claim('a')")])) == 1
    assert unanswered([cell_of(why + "x", EXCUSED), cell_of("claim('a')")]) == []


def test_comments_and_docstrings_do_not_count_as_changes():
    one = 'def f(x):\n    """Say."""\n    # think\n    return x + 1\n'
    two = 'def f(x):\n    """Say it\n\n    better."""\n    return x + 1\n'
    other = 'def f(x):\n    """Say."""\n    return x + 2\n'
    assert without_docstrings(one) == without_docstrings(two) != without_docstrings(other)
