import numpy as np
import pytest

from hbm_lib.diagnostics.falsification import combine, distance_in_words, fired, judge, state, table


def one(value, side="above", limit=3.0, **kwargs):
    return judge("M", "1.1", "name", "the figure", value, fires_when=side, limit=limit, **kwargs)


@pytest.mark.parametrize(
    ("side", "below", "at", "above"),
    [
        ("above", False, False, True),
        ("at least", False, True, True),
        ("below", True, False, False),
        ("at most", True, True, False),
    ],
)
def test_each_side_of_the_limit(side, below, at, above):
    assert [one(v, side).fires for v in (2.9, 3.0, 3.1)] == [below, at, above]


def test_the_statement_carries_figure_and_verdict():
    verdict = one(3.25, unit=" points", digits=1)
    assert verdict.statement == "the figure is 3.2 points (fires above 3 points): fires"
    assert verdict.word == "fires"
    assert "1.1 name" in repr(verdict)


def test_a_drawn_figure_is_not_printed():
    verdict = one(3.25, drawn=True)
    assert "3.25" not in verdict.statement
    assert verdict.value == 3.25
    assert "above the limit" in verdict.statement


@pytest.mark.parametrize(("value", "words"), [(0.0, "less than half"), (1.6, "below"), (3.0, "above"), (6.0, "more than twice")])
def test_distance_in_words(value, words):
    assert distance_in_words(value, 3.0) == words


def test_nan_and_an_unknown_side_are_refused():
    with pytest.raises(ValueError, match="not a number"):
        one(np.nan)
    with pytest.raises(ValueError, match="fires_when"):
        one(1.0, "near")


def test_combining_clauses():
    yes, no = state("M", "a", "n", "s", True, value=1), state("M", "b", "n", "s", False, value=2)
    assert combine("M", "1", "n", [no, yes]).fires
    assert combine("M", "1", "n", [no, yes]).value == 1
    assert not combine("M", "1", "n", [no, yes], need="all").fires
    assert combine("M", "1", "n", [yes, yes], need="all").fires
    assert not combine("M", "1", "n", [no, no]).fires
    with pytest.raises(ValueError, match="combine"):
        combine("M", "1", "n", [])
    with pytest.raises(ValueError, match="combine"):
        combine("M", "1", "n", [yes], need="most")


def test_table_has_a_row_a_criterion_or_a_clause():
    both = combine("M", "1", "n", [one(1.0), one(9.0)])
    assert list(table([both, one(1.0)])["verdict"]) == ["fires", "does not fire"]
    assert list(table([both], clauses=True)["verdict"]) == ["does not fire", "fires"]
    assert fired([both, one(1.0)]) == [both]
