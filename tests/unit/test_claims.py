import numpy as np
import pandas as pd
import pytest
import xarray as xr

from hbm_lib import ClaimError, claim


def test_a_true_sentence_is_shown_with_its_numbers():
    shown = claim("E[tau] is {tau:.2f}, above {floor}", 4.7 > 3, tau=np.float64(4.7073), floor=3)
    assert repr(shown) == "✓ E[tau] is 4.71, above 3"
    assert shown.sentence == "E[tau] is 4.71, above 3"
    assert shown._repr_html_() == '<p class="hbm-claim">E[tau] is 4.71, above 3</p>'


@pytest.mark.parametrize("false", [False, np.False_, np.array([True, False]), [True, False], pd.Series([True, False]),
                                   xr.DataArray([True, False])])
def test_a_false_sentence_raises_and_says_its_numbers(false):
    with pytest.raises(ClaimError, match=r"not true of the values computed: A is 3\.0"):
        claim("A is {a:.1f}", false, a=3)


@pytest.mark.parametrize("true", [True, np.True_, np.array([True, True]), [True], pd.Series([True]), xr.DataArray([True])])
def test_a_true_condition_of_any_kind_passes(true):
    assert claim("All is well.", true).sentence == "All is well."


@pytest.mark.parametrize("nonsense", [1, 0.5, np.nan, "yes", [], np.array([], bool), [1.0, 2.0], None])
def test_a_condition_that_is_no_truth_value_is_refused(nonsense):
    with pytest.raises(ValueError, match="condition must be true or false"):
        claim("A is {a}", nonsense, a=3)


@pytest.mark.parametrize("bad", [np.ma.masked, np.ma.masked_array([1.0, 2.0], [0, 1]), pd.NA, pd.NaT, None, [None], {"k": np.nan},
                                 np.datetime64("NaT", "D"), pd.Series([1, pd.NA])])
def test_a_value_that_is_missing_raises(bad):
    with pytest.raises(ClaimError, match="not finite: a in the claim"):
        claim("A is {a}", a=bad)


@pytest.mark.parametrize("good", ["text", True, {"k": "v", "n": 1.0}, ["a", 1], np.ma.masked_array([1.0], [0]), pd.Timestamp(0)])
def test_words_and_collections_without_a_hole_are_shown(good):
    assert claim("A is {a}", a=good).sentence.startswith("A is ")


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf, np.float64("nan"), np.array(np.nan), xr.DataArray(np.nan)])
def test_a_value_that_is_not_finite_raises(bad):
    with pytest.raises(ClaimError, match="not finite: a in the claim"):
        claim("A is {a:.1f}", a=bad)


def test_an_array_with_a_hole_raises_though_the_sentence_shows_another_entry():
    with pytest.raises(ClaimError, match="not finite: v"):
        claim("First {v[0]:.1f}", v=np.array([1.0, np.nan]))


def test_a_value_that_the_sentence_does_not_use_raises():
    with pytest.raises(ValueError, match=r"does not use \['b'\]"):
        claim("A is {a}", a=1, b=2)


def test_a_value_that_is_not_given_raises():
    with pytest.raises(KeyError, match="b"):
        claim("A is {a}, B is {b}", a=1)


@pytest.mark.parametrize(("sentence", "values", "shown"), [
    ("{p:.0%}", {"p": 0.295}, "30%"),
    ("{n:,}", {"n": np.int64(4000)}, "4,000"),
    ("{who}", {"who": "School A"}, "School A"),
    ("{v[1]:.1f}", {"v": np.array([1.0, 2.0])}, "2.0"),
    ("{x:.2f}", {"x": xr.DataArray(1.234)}, "1.23"),
    ("{x:.1f}", {"x": np.float32(0.5)}, "0.5"),
    ("a literal {{brace}}", {}, "a literal {brace}"),
    ("{x:+.1e}", {"x": -1234.5}, "-1.2e+03"),
])
def test_formats(sentence, values, shown):
    assert claim(sentence, **values).sentence == shown


def test_markup_in_a_value_is_escaped_on_the_page():
    shown = claim("{a} < {b}", a="<script>alert(1)</script>", b='"&"')
    page = shown._repr_html_()
    assert "<script>" not in page
    assert page == ('<p class="hbm-claim">&lt;script&gt;alert(1)&lt;/script&gt; &lt; &quot;&amp;&quot;</p>')
    assert "<script>" in repr(shown), "plain text is plain"
