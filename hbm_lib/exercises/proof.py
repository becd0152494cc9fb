"""What every exercise must prove before a reader meets it.

Each proof takes the folder of an exercise and returns complaints; none means that it holds.
`hbm exercises prove` runs them all, and so do the tests.
"""

import ast
import re
from collections.abc import Callable
from pathlib import Path

from . import bank
from .diagnose import diagnose, diagnose_one
from .material import run_stub, signatures, solution_lines, solved, squeeze
from .outcome import NOT_ATTEMPTED, RIGHT, WRONG

LEAST_HINTS = 2
LEAST_WRONG_ANSWERS = 3
_IGNORED = {"__pycache__", ".ipynb_checkpoints"}


def files(folder: Path) -> list[str]:
    """Complain of files that are missing and of files that do not belong."""
    found = {path.name for path in folder.iterdir()} - _IGNORED
    missing, orphans = set(bank.FILES) - found, found - set(bank.FILES)
    return [f"{name} is missing" for name in sorted(missing)] + [
        f"{name} does not belong here" for name in sorted(orphans)
    ]


def stub_runs(folder: Path) -> list[str]:
    """Complain if the stub notebook does not run from top to bottom, or runs another exercise."""
    try:
        space = run_stub(folder)
    except Exception as error:
        return [f"the stub stops with {type(error).__name__}: {error}"]
    name = f"{folder.parent.name}/{folder.name}"
    return [] if space.ex.name == name else [f"the stub opens {space.ex.name}, not {name}"]


def stub_not_attempted(folder: Path) -> list[str]:
    """Complain if any question of the untouched stub is not "not attempted"."""
    space, checker = vars(run_stub(folder)), bank.checker(folder)
    kinds = {one.name: diagnose_one(one, space[one.name]).kind for one in checker.questions}
    kinds["check"] = diagnose(checker, [space[one.name] for one in checker.questions]).kind
    return [f"the stub's {name} is {kind}" for name, kind in kinds.items() if kind != NOT_ATTEMPTED]


def stub_checks_in_order(folder: Path) -> list[str]:
    """Complain if the stub hands other names to `ex.check` than the questions', in their order."""
    wanted = [question.name for question in bank.checker(folder).questions]
    calls = [
        [ast.unparse(argument) for argument in node.args]
        for node in ast.walk(ast.parse("\n".join(bank.cells(folder))))
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "ex.check"
    ]
    return [] if calls == [wanted] else [f"the stub checks {calls}, the questions are {wanted}"]


def stub_matches_solution(folder: Path) -> list[str]:
    """Complain if a function of the stub takes other arguments than the solution's."""
    stub = signatures("\n".join(bank.cells(folder)))
    solution = signatures((folder / "solution.py").read_text(encoding="utf-8"))
    return [
        f"{name}({stub.get(name)}) in the stub is {name}({solution.get(name)}) in the solution"
        for name in (question.name for question in bank.checker(folder).questions)
        if stub.get(name) != solution.get(name)
    ]


def solution_right(folder: Path) -> list[str]:
    """Complain if the solution is not right, or does not say why."""
    outcome = diagnose(bank.checker(folder), list(solved(folder).values()))
    complaints = [] if outcome.kind == RIGHT else [f"the solution is {outcome.kind}: {outcome}"]
    if not re.search(r"(?m)^\s*# \w", (folder / "solution.py").read_text(encoding="utf-8")):
        complaints.append("the solution has no comment that says why")
    return complaints


def wrong_answers_named(folder: Path) -> list[str]:
    """Complain of a wrong answer that is not told its own misconception."""
    checker, right, complaints = bank.checker(folder), solved(folder), []
    bank_of = bank.wrong_answers(folder)
    if len(bank_of) < LEAST_WRONG_ANSWERS:
        complaints.append(f"only {len(bank_of)} wrong answers")
    for number, wrong in enumerate(bank_of, 1):
        for stray in set(wrong.answers) - set(right):
            complaints.append(f"wrong answer {number} answers {stray}, which is not asked")
        given = [wrong.answers.get(name, answer) for name, answer in right.items()]
        outcome = diagnose(checker, given)
        if (outcome.kind, outcome.reason) != (WRONG, wrong.rejected_as):
            complaints.append(
                f"wrong answer {number} should be rejected as {wrong.rejected_as!r}, "
                f"it is {outcome.kind} ({outcome.reason}): {outcome.message}"
            )
    return complaints


def misconceptions_covered(folder: Path) -> list[str]:
    """Complain of a misconception without a wrong answer, and of names or messages used twice."""
    known = [one for question in bank.checker(folder).questions for one in question.misconceptions]
    shown = {wrong.rejected_as for wrong in bank.wrong_answers(folder)}
    complaints = [f"no wrong answer shows {one.name!r}" for one in known if one.name not in shown]
    for what, texts in (("name", [m.name for m in known]), ("message", [m.message for m in known])):
        complaints += [f"{what} used twice: {t!r}" for t in set(texts) if texts.count(t) > 1]
    return complaints


def hints_help(folder: Path) -> list[str]:
    """Complain of too few or empty hints, and of hints that hold the solution's code."""
    given = bank.hints(folder)
    complaints = [f"only {len(given)} hints"] if len(given) < LEAST_HINTS else []
    complaints += [f"hint {n} is empty" for n, text in enumerate(given, 1) if len(text) < 20]
    squeezed = squeeze(" ".join(given))
    return complaints + [
        f"a hint holds the solution's line {line!r}"
        for line in solution_lines(folder)
        if squeeze(line) in squeezed
    ]


def twins_equal(folder: Path) -> list[str]:
    """Complain if the two forms of the notebook differ, or if the stub was saved with outputs."""
    # Only those who write exercises need jupytext; readers run the notebook alone.
    import jupytext

    pair = [jupytext.read(folder / name) for name in ("exercise.md", "exercise.ipynb")]
    text, notebook = ([(c.cell_type, c.source.strip()) for c in one.cells] for one in pair)
    complaints = [] if text == notebook else ["exercise.md and exercise.ipynb differ: sync them"]
    saved = [cell for cell in pair[1].cells if cell.get("outputs") or cell.get("execution_count")]
    return complaints + (["exercise.ipynb holds outputs: clear them"] if saved else [])


PROOFS: dict[str, Callable[[Path], list[str]]] = {
    proof.__name__: proof
    for proof in (
        files,
        stub_runs,
        stub_not_attempted,
        stub_checks_in_order,
        stub_matches_solution,
        solution_right,
        wrong_answers_named,
        misconceptions_covered,
        hints_help,
        twins_equal,
    )
}
"""Every proof about one exercise, by name."""


def prove(folder: Path) -> list[str]:
    """Return the complaints of all proofs about one exercise, each with the name of its proof.

    Parameters
    ----------
    folder : Path
        The exercise's. If a file is missing, nothing else is looked at.
    """
    missing = [f"files: {words}" for words in files(folder)]
    return missing or [f"{rule}: {words}" for rule in PROOFS for words in PROOFS[rule](folder)]


def bank_whole(folder: Path) -> list[str]:
    """Complain of strays beside the exercises, gaps in the numbering, solutions written twice.

    Parameters
    ----------
    folder : Path
        The folder of all exercises.
    """
    known, complaints = set(bank.names(folder)), []
    for chapter in sorted(path for path in folder.iterdir() if path.name not in _IGNORED):
        if chapter.is_file() or chapter.name.startswith("_"):
            if chapter.name not in ("README.md", "_skeleton"):
                complaints.append(f"{chapter.name} does not belong here")
            continue
        inside = sorted(path.name for path in chapter.iterdir() if path.name not in _IGNORED)
        strays = [name for name in inside if f"{chapter.name}/{name}" not in known]
        complaints += [f"{chapter.name}/{name} does not belong here" for name in strays]
        numbers = [int(name[:2]) for name in inside if name not in strays]
        if numbers != list(range(1, len(numbers) + 1)):
            complaints.append(f"{chapter.name} is numbered {numbers}")
    seen: dict[str, str] = {}
    for name in sorted(known):
        code = "\n".join(solution_lines(folder / name))
        if code in seen:
            complaints.append(f"{name} has the solution of {seen[code]}")
        seen[code] = name
    return complaints
