"""Exercises on a page: the prompts, hints and notebooks of ``exercises/``, not copies of them.

A page that holds the line ``<!-- exercises: eight_schools -->`` shows there every exercise of that
folder: the prompt from its notebook source, the hints folded away, the stub notebook to download.
The solution stays in the checker, which shows it after passing.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

MARK = re.compile(r"^<!-- exercises: ([\w-]+) -->$", re.MULTILINE)
HEAD = re.compile(r"\A---\n.*?\n---\n", re.DOTALL)
CELL = re.compile(r"^```\{code-cell\}.*?^```$", re.MULTILINE | re.DOTALL)


def prompt(source: str) -> tuple[str, str, str]:
    """Return title, prose and stub code of an exercise's notebook source."""
    text = HEAD.sub("", source)
    cells = [re.sub(r"^:[^\n]*\n", "", c.split("\n", 1)[1].rsplit("\n", 1)[0]).strip() for c in CELL.findall(text)]
    prose = CELL.sub("", text).strip()
    title, body = prose.split("\n", 1)
    stub = next(c for c in cells if "exercise(" in c and "import exercise" not in c)
    return title.removeprefix("# ").strip(), body.strip(), stub


def hints(source: str) -> list[str]:
    """Return the hints of a ``hints.md``, in order."""
    return [part.split("\n", 1)[1].strip() for part in re.split(r"^## (?=\d)", source, flags=re.MULTILINE)[1:]]


def markdown(folder: Path, page: Path) -> str:
    """Return one exercise as MyST Markdown for a page."""
    title, body, stub = prompt((folder / "exercise.md").read_text(encoding="utf-8"))
    up = "../" * len(page.parts[:-1])
    name = f"{folder.parent.name}/{folder.name}"
    lines = [f"## {title}", "", f"::::::{{exercise}}\n:label: ex-{folder.parent.name}-{folder.name}\n", body, "",
             "::::::", "", ":::::{dropdown} Where to write your answer", f"```python\n{stub}\n```", "",
             f"Then `ex.check(…)`. The notebook: {{download}}`exercise.ipynb <{up}exercises/{name}/exercise.ipynb>`, or "
             f"`exercises/{name}/` in `make lab`.", ":::::", ""]
    for number, hint in enumerate(hints((folder / "hints.md").read_text(encoding="utf-8")), 1):
        lines += [f":::::{{dropdown}} Hint {number}", hint, ":::::", ""]
    return "\n".join(lines)


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the exercises where the page asks for them."""
    def whole(match: re.Match) -> str:
        root = Path(app.srcdir) / "exercises" / match[1]
        folders = sorted(p for p in root.iterdir() if (p / "exercise.md").exists())
        if not folders:
            raise ValueError(f"{docname}: no exercise in exercises/{match[1]}/")
        for folder in folders:
            app.env.note_dependency(str(folder / "exercise.md"))
            app.env.note_dependency(str(folder / "hints.md"))
        return "\n".join(markdown(folder, Path(docname)) for folder in folders)

    source[0] = MARK.sub(whole, source[0])


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("source-read", fill)
