"""What the reader is told, kind by kind."""

import numpy as np
import pytest

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives
from hbm_lib.exercises.diagnose import diagnose, diagnose_one

HALVES = np.array([2.0, 4.0, -6.0])
QUESTION = Question(
    "half",
    lambda x: x / 2,
    (case(x=3.0), case(x=np.float64(0.0)), case(x=HALVES)),
    misconceptions=(Misconception("doubled", "You doubled it.", gives(lambda x: 2 * x)),),
)
PAIR = Question(
    "pair", lambda x: (x, x > 0), (case(x=1.0), case(x=-1.0)), parts=("number", "verdict")
)
VALUE = Question("seven", 7.0, compare=Exact(rtol=1e-3))
CHECKER = Checker(QUESTION, VALUE, right="Well understood.")


def half(x):
    return x * 0.5


def written_as(source):
    """Define a function as a notebook cell would."""
    space = {}
    exec(compile(source, "<cell>", "exec"), space)
    return space["f"]


@pytest.mark.parametrize(
    "source",
    [
        "def f(x):\n    return ...",
        "def f(x):\n    ...",
        'def f(x):\n    """Doc."""',
        "def f(x):\n    pass",
        "def f(x):\n    return None",
        "def f(x):\n    return ..., ...",
        "def f(x):\n    raise NotImplementedError",
    ],
)
def test_every_form_of_a_stub_is_not_attempted(source):
    assert diagnose_one(QUESTION, written_as(source)).kind == "not attempted"


@pytest.mark.parametrize("value", [None, ..., (..., 1), [None]])
def test_blank_values_are_not_attempted(value):
    assert diagnose_one(VALUE, value).kind == "not attempted"


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda x: 2 * x, "doubled"),
        (lambda x: x / 3, "different"),
        (lambda x: "x", "type"),
        (lambda x: x > 0, "type"),
        (lambda x: [[1], [1, 2]], "type"),
        (lambda x: np.ones(2), "shape"),
        (lambda x: np.log(-abs(x)), "nan"),
        (lambda x: x / (x * np.ones_like(x) * 0), "nan"),
        (lambda x, y: x, "signature"),
        (lambda: 1, "signature"),
        (lambda x: x.nothing, "exception"),
        (lambda x: {}[1], "exception"),
        (lambda x: print(end=""), "nothing returned"),
        (0.5, "type"),
    ],
)
def test_wrong_functions_have_their_own_reason(function, reason):
    outcome = diagnose_one(QUESTION, function)
    assert (outcome.kind, outcome.reason) == ("wrong", reason)
    assert outcome.message


@pytest.mark.parametrize(
    ("value", "reason"),
    [(7.1, "different"), ("7", "type"), (np.nan, "nan"), ([7.0], "shape"), (abs, "type")],
)
def test_wrong_values_have_their_own_reason(value, reason):
    assert diagnose_one(VALUE, value).reason == reason


def test_tolerance_is_the_stated_one():
    assert diagnose_one(VALUE, 7.006).right
    assert not diagnose_one(VALUE, 7.008).right
    assert "0.001" in diagnose_one(VALUE, 7.008).message


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (lambda x: (2 * x, x > 0), "`number`"),
        (lambda x: (x, x <= 0), "`verdict`"),
        (lambda x: (x, 1), "`verdict` that is of type int"),
        (lambda x: x, "1 part(s) where 2 belong: number, verdict"),
    ],
)
def test_parts_of_a_tuple_are_named(function, words):
    assert words in diagnose_one(PAIR, function).message


def test_numpy_truth_values_count_as_truth_values():
    assert diagnose_one(PAIR, lambda x: (x, np.bool_(x > 0))).right


@pytest.mark.parametrize("function", [lambda x: x / 3, lambda x: -x / 3, lambda x: x * 40])
def test_fallback_tells_the_input_and_never_the_answer(function):
    message = diagnose_one(QUESTION, function).message
    assert "x=3" in message
    assert "1.5" not in message
    assert "Right so far on 1 of 3 inputs" in message


@pytest.mark.parametrize(
    ("factor", "words"),
    [(-1, "wrong sign"), (1.1, "is too large"), (0.9, "is too small"), (20, "much too large")],
)
def test_fallback_tells_the_direction(factor, words):
    assert words in diagnose_one(QUESTION, lambda x: factor * x / 2).message


def test_an_exception_is_one_sentence_with_the_readers_own_line(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("def f(x):\n    y = x\n    return y + missing\n")
    space = {}
    exec(compile(path.read_text(), str(path), "exec"), space)
    message = diagnose_one(QUESTION, space["f"]).message
    assert "Line 3 of your code, `return y + missing`," in message
    assert "NameError: name 'missing' is not defined" in message
    assert "called with x=3" in message
    assert "Traceback" not in message
    assert "\n" not in message


def test_an_exception_deep_in_a_library_names_the_readers_line():
    source = "import numpy as np\n\ndef f(x):\n    return np.linalg.inv(np.zeros((2, 2)))"
    assert "Line 4 of your code" in diagnose_one(QUESTION, written_as(source)).message


def test_interrupts_are_not_swallowed():
    def endless(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        diagnose_one(QUESTION, endless)


def test_the_reader_cannot_spoil_the_inputs():
    def spoils(x):
        if np.ndim(x):
            x *= 0.5
            return x
        return x / 2

    assert diagnose_one(QUESTION, spoils).right
    assert HALVES.tolist() == [2.0, 4.0, -6.0]
    assert diagnose_one(QUESTION, spoils).right


def test_what_the_reader_prints_is_shown_once(capsys):
    diagnose_one(QUESTION, lambda x: print("here") or x / 2)
    assert capsys.readouterr().out == "here\n"


def test_all_right_and_part_right():
    assert diagnose(CHECKER, [half, 7]).message == "Well understood."
    part = diagnose(CHECKER, [half, ...])
    assert (part.kind, part.reason) == ("not attempted", "stub")
    assert part.message.startswith("`half` is right.")
    assert diagnose(CHECKER, [half, 8]).kind == "wrong"


@pytest.mark.parametrize("answers", [[], [half], [half, 7, 7]])
def test_a_wrong_number_of_answers_is_explained(answers):
    outcome = diagnose(CHECKER, answers)
    assert outcome.kind == "not attempted"
    assert "`ex.check(half, seven)`" in outcome.message


def test_a_recogniser_that_stumbles_over_an_answer_does_not_hide_the_diagnosis():
    stumbles = Misconception("odd", "Odd.", lambda attempt: attempt.answers[0]["key"])
    question = Question("q", lambda x: x, (case(x=1.0),), misconceptions=(stumbles,))
    assert diagnose_one(question, lambda x: x + 1).reason == "different"


def test_html_is_escaped_and_code_is_code():
    outcome = diagnose_one(QUESTION, lambda x: "<script>alert(1)</script>" + x)
    assert "<script>" not in outcome.html()
    page = diagnose(CHECKER, [half, ...]).html()
    assert "<code>half</code>" in page
    assert "<strong>Not attempted yet.</strong>" in page
