"""Numbers in the prose come from claims that were checked, or are declared as given."""

import json

import pytest
from hbm_book.pages import claims_of
from notebooks import ROOT, pages
from prose_numbers import prose, results, unsupported

CHAPTERS = [page for page in pages() if page.is_relative_to(ROOT / "chapters")]


@pytest.mark.parametrize("page", CHAPTERS, ids=lambda page: page.stem)
def test_numbers_in_prose_are_claimed_or_given(page):
    notebook = json.loads(page.with_suffix(".ipynb").read_text(encoding="utf-8"))
    bare = unsupported(page.read_text(encoding="utf-8"), claims_of(notebook))
    where = [f"{page.relative_to(ROOT)}, line {number.line}: {number.text}" for number in bare]
    assert not where, (
        "No claim of the page and no <!-- given: ... --> comment explains\n" + "\n".join(where))


CLAIMS = ["The mean is 7.447 and P(tau > 5) is 29.5%, from 4,000 draws."]


@pytest.mark.parametrize("sentence", [
    "The mean is 7.45.", "The mean is 7.4 points.", "It is about 30 %.", "It is 29.5 per cent.",
    "We drew 4000 times.", "We drew 4,000 times.", "There are 8 schools.",
    "In `x = 17.3` and $y = 17.3$ and {cite:t}`rubin1981`.", "See [here](page-17.3).",
    "Published in 1981. <!-- given: 1981 -->",
    "```{code-cell} python\nx = 17.3\n```", "$$\nx = 17.3\n$$ (eq-17)", "x2, 3-D and C95",
])
def test_a_supported_number_passes(sentence):
    assert unsupported(sentence, CLAIMS) == []


@pytest.mark.parametrize("sentence", [
    "The mean is 7.46.", "The mean is 7.451.", "It is 31 %.", "It is 9 %.", "There are 65 schools.",
    "We drew 5,000 times.", "| school | 17.3 |", "```{admonition} Guess\nIs it 17.3?\n```",
    "```{code-cell} python\n---\nmystnb:\n  figure:\n    caption: It is 17.3.\n---\nx = 1\n```",
    "# Heading with 17.3", "It is 17.3. <!-- given: 17 -->",
])
def test_a_planted_number_is_caught(sentence):
    assert len(unsupported(sentence, CLAIMS)) == 1


def test_a_number_is_reported_with_its_line():
    page = "---\ntitle: x\n---\n\n# A\n\nOne.\n\nIt is 17.3.\n"
    assert [(n.line, n.text) for n in unsupported(page, [])] == [(9, "17.3")]
    assert prose(page).count("\n") == page.count("\n")
    assert [n.text for n in results("7 and 12 and 0.5 and 3 %")] == ["12", "0.5", "3"]
