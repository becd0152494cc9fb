"""The handle a reader holds: check, hint, solution."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from . import bank, progress
from .diagnose import diagnose
from .outcome import RIGHT, Note, Outcome
from .question import Checker
from .show import cell, show


def exercise(name: str) -> "Exercise":
    """Return the handle on an exercise.

    Parameters
    ----------
    name : str
        ``chapter/NN_slug``; a part of it will do if it fits one exercise only.

    Raises
    ------
    ValueError
        If no single exercise has this name; the message lists near ones.
    FileNotFoundError
        If there are no exercises to be found.
    """
    folder = bank.find(name)
    full = f"{folder.parent.name}/{folder.name}"
    return Exercise(full, folder, bank.checker(folder), tuple(bank.hints(folder)))


@dataclass(frozen=True)
class Exercise:
    """An exercise: `check` your answers, ask for a `hint`, see the `solution`.

    Parameters
    ----------
    name : str
        ``chapter/NN_slug``.
    folder : Path
        Where its files lie.
    checker : Checker
        Its questions.
    hints : tuple of str
        Its hints.
    """

    name: str
    folder: Path
    checker: Checker
    hints: tuple[str, ...]

    def check(self, *answers: Any) -> Outcome:
        """Check the answers, show what came of it, keep it in the progress file.

        Parameters
        ----------
        *answers : callable or object
            The functions or values the exercise asks for, in its order.
        """
        outcome = replace(diagnose(self.checker, answers), exercise=self.name)
        return self._shown(replace(outcome, notice=progress.note_check(self.name, outcome)))

    def hint(self, number: int | None = None) -> Note:
        """Show a hint.

        Parameters
        ----------
        number : int, optional
            Which, counted from 1; left out, the first you have not seen.
        """
        total = len(self.hints)
        if number is None:
            seen = self._record().get("hints", [])
            number = next((n for n in range(1, total + 1) if n not in seen), total)
        if number not in range(1, total + 1):
            return self._shown(Note(f"There are {total} hints.", f"Ask for 1 to {total}."))
        notice = progress.note_help(self.name, "hints", number)
        text = self.hints[number - 1]
        return self._shown(Note(f"Hint {number} of {total}.", text, notice=notice))

    def solution(self, insist: bool = False) -> Note:
        """Show the solution, once your own answer is right or if you insist.

        Parameters
        ----------
        insist : bool
            Show it in any case.
        """
        if progress.status(self._record()) != RIGHT and not insist:
            text = (
                f"It is shown once your answer is right. There are {len(self.hints)} hints: "
                "`ex.hint(1)`. To see it all the same: `ex.solution(insist=True)`."
            )
            return self._shown(Note("Solution.", text))
        notice = progress.note_help(self.name, "solution_seen", True)
        code = (self.folder / "solution.py").read_text(encoding="utf-8")
        return self._shown(Note("Solution.", code=code, notice=notice))

    def __repr__(self) -> str:
        asked = ", ".join(question.name for question in self.checker.questions)
        return (
            f"Exercise {self.name}: {bank.title(self.folder)}\n"
            f"ex.check({asked})   ex.hint(1) of {len(self.hints)}   ex.solution()"
        )

    def _record(self) -> dict[str, Any]:
        return progress.load()[0].get(self.name, {})

    def _shown(self, panel: Any) -> Any:
        show(panel)
        return replace(panel, shown_in=cell())
