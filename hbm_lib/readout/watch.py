"""A progress bar on the terminal for work that takes longer than a second."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

SOON = 1.0
Tell = Callable[[str, float], None]


@contextmanager
def watch(console: Console | None = None, after: float = SOON) -> Iterator[Tell]:
    """Yield ``tell(step, share)``, which shows a bar from ``after`` seconds on; nothing where stderr is no terminal.

    Parameters
    ----------
    console : rich.console.Console, optional
        Where to draw; stderr if left out.
    after : float
        Work that is done sooner, in seconds, is never shown.
    """
    console = Console(stderr=True) if console is None else console
    bar = Progress(TextColumn("{task.description}"), BarColumn(), TextColumn("{task.percentage:>3.0f} %"), TimeElapsedColumn(),
                   console=console, transient=True)
    began, task, shown = time.monotonic(), bar.add_task("", total=1.0), False

    def tell(step: str, share: float) -> None:
        nonlocal shown
        bar.update(task, description=step, completed=share)
        if not shown and console.is_terminal and time.monotonic() - began >= after:
            bar.start()
            shown = True

    try:
        yield tell
    finally:
        if shown:
            bar.stop()
