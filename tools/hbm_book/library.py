"""The library's pages, from its docstrings.

A page that holds the line ``<!-- library: hbm_lib.samplers -->`` shows there every public function
and class of that module, or of every module of that package, in alphabetical order of the files.
"""

import re
from pathlib import Path

from sphinx.application import Sphinx

MARK = re.compile(r"^<!-- library: ([\w.]+) -->$", re.MULTILINE)


def modules(root: Path, name: str) -> list[str]:
    """Return a module's name, or the names of a package and of all modules in it."""
    path = root.joinpath(*name.split("."))
    if path.with_suffix(".py").exists():
        return [name]
    files = [file for file in sorted(path.rglob("*.py")) if "bank" not in file.relative_to(path).parts]
    names = [".".join(file.relative_to(root).with_suffix("").parts) for file in files]
    return [name.removesuffix(".__init__") for name in names]


def block(name: str) -> str:
    """Return the MyST source that documents one module: what it defines, not what it passes on."""
    title = name.removeprefix("hbm_lib.")
    return f"### {title}\n\n```{{eval-rst}}\n.. automodule:: {name}\n   :members:\n   :ignore-module-all:\n```\n"


def escape(line: str) -> str:
    """Keep bars, stars and underscores that a docstring means as themselves."""
    parts = re.split(r"(``[^`]*``|:\w+:`[^`]*`|`[^`]*`_?)", line)
    return "".join(part if i % 2 else re.sub(r"(?<!\\)([|*])|(?<=\w)(_)(?!\w)", r"\\\g<0>", part) for i, part in enumerate(parts))


def escape_docstring(_app: Sphinx, _what: str, _name: str, _object: object, _options: object, lines: list[str]) -> None:
    """Escape a docstring's lines before anything else reads them."""
    lines[:] = [escape(line) for line in lines]


def has_content(path: Path) -> bool:
    """Tell whether a module defines or says anything."""
    return bool(path.read_text(encoding="utf-8").strip())


def fill(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the modules where the page asks for them."""
    root = Path(app.srcdir)

    def whole(match: re.Match) -> str:
        found = []
        for name in modules(root, match[1]):
            path = root.joinpath(*name.split("."))
            file = path.with_suffix(".py") if path.with_suffix(".py").exists() else path / "__init__.py"
            app.env.note_dependency(str(file))
            if has_content(file):
                found.append(block(name))
        if not found:
            raise ValueError(f"{docname}: there is no module {match[1]}")
        return "\n".join(found)

    source[0] = MARK.sub(whole, source[0])


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    app.connect("source-read", fill)
    app.connect("autodoc-process-docstring", escape_docstring, priority=100)
