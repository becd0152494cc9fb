"""Show a panel where the reader is: in a notebook's cell, or as text in a terminal."""

import sys
from typing import Protocol


class Panel(Protocol):
    """Anything with a plain text and an HTML form."""

    def __str__(self) -> str: ...

    def html(self) -> str:
        """Return the HTML form."""
        ...


def show(panel: Panel) -> None:
    """Display the panel as HTML and text in a notebook, print its text elsewhere.

    Parameters
    ----------
    panel : Outcome or Note
        What is to be shown.
    """
    if _shell() is None:
        print(panel)
        return
    # IPython runs this cell, so it is loaded already; a terminal never pays for it.
    from IPython.display import display

    display({"text/html": panel.html(), "text/plain": str(panel)}, raw=True)


def cell() -> int | None:
    """Return the number of the notebook cell being run; None outside a notebook."""
    shell = _shell()
    return None if shell is None else shell.execution_count


def _shell() -> object | None:
    """Return the running IPython shell, or None; never imports IPython."""
    module = sys.modules.get("IPython")
    return None if module is None else module.get_ipython()
