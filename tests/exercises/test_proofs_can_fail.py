"""A proof that cannot fail proves nothing: spoil a sound exercise, and its rule must complain."""

import pytest

from hbm_lib.exercises import proof


def edit(folder, name, old, new):
    text = (folder / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), encoding="utf-8")


SPOILED = {
    "files": [
        lambda f: (f / "hints.md").unlink(),
        lambda f: (f / "notes.txt").write_text("left over"),
    ],
    "stub_runs": [
        lambda f: edit(f, "exercise.md", "return ...", "return ...\n\n\n1 / 0"),
        lambda f: f.rename(f.with_name("02_other")),
    ],
    "stub_not_attempted": [
        lambda f: edit(f, "exercise.md", "return ...", "return 0.0"),
        lambda f: edit(f, "exercise.md", "return ...", "return (w * y).sum() / w.sum()"),
    ],
    "stub_checks_in_order": [
        lambda f: edit(f, "exercise.md", "ex.check(weighted_mean)", "ex.check(ex)"),
    ],
    "stub_matches_solution": [
        lambda f: edit(f, "exercise.md", "def weighted_mean(y, w)", "def weighted_mean(w, y)"),
    ],
    "solution_right": [
        lambda f: edit(f, "solution.py", "/ w.sum()", "/ len(w)"),
        lambda f: edit(f, "solution.py", "# Say why", "# "),
    ],
    "wrong_answers_named": [
        lambda f: edit(f, "wrong.py", '"plain mean", w', '"divided by the count", w'),
        lambda f: edit(f, "wrong.py", "np.average(y)", "np.average(y, weights=w)"),
        lambda f: edit(f, "wrong.py", "weighted_mean=lambda y, w: np.average(y)", "other=1"),
        lambda f: edit(f, "wrong.py", "WRONG = (", "WRONG = () and ("),
    ],
    "misconceptions_covered": [
        lambda f: edit(f, "wrong.py", "divided by the count", "plain mean"),
        lambda f: edit(f, "check.py", '"divided by the count"', '"plain mean"'),
    ],
    "hints_help": [
        lambda f: edit(f, "hints.md", "## 2", "## two"),
        lambda f: edit(f, "hints.md", "Point to the idea.", "`return (w*y).sum() / w.sum()`"),
        lambda f: (f / "hints.md").write_text("## 1\n\n## 2\n"),
    ],
    "twins_equal": [
        lambda f: edit(f, "exercise.md", "five words", "six words"),
        lambda f: edit(f, "exercise.ipynb", '"execution_count": null', '"execution_count": 3'),
    ],
}


def test_every_proof_is_put_to_the_test():
    assert set(SPOILED) == set(proof.PROOFS)


@pytest.mark.parametrize(
    ("rule", "spoil"), [(rule, spoil) for rule, all_of in SPOILED.items() for spoil in all_of]
)
def test_proof_complains(skeleton, rule, spoil):
    spoil(skeleton)
    folder = skeleton if skeleton.exists() else skeleton.with_name("02_other")
    assert proof.PROOFS[rule](folder)


def test_bank_complains_of_strays_gaps_and_twins(skeleton):
    root = skeleton.parent.parent
    assert proof.bank_whole(root) == []
    copy = skeleton.with_name("03_again")
    copy.mkdir()
    (copy / "solution.py").write_text((skeleton / "solution.py").read_text())
    (skeleton.parent / "Draft").mkdir()
    (root / "notes.txt").write_text("left over")
    complaints = " ".join(proof.bank_whole(root))
    for words in ("numbered [1, 3]", "has the solution of", "chapter/Draft", "notes.txt"):
        assert words in complaints
