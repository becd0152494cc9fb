"""The command `hbm`: where the reader stands in the exercises, and readouts of files."""

from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.syntax import Syntax
from rich.table import Table

from . import __version__
from .exercises import Exercise, bank, exercise, plain_math, progress, proof
from .exercises.outcome import NOT_ATTEMPTED, RIGHT, WRONG

app = typer.Typer(
    help="Hierarchical Bayesian modeling: the book's library.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
exercises_app = typer.Typer(
    help="The exercises: where you stand, hints, solutions. Answers are checked in an exercise's notebook, by ex.check(...)."
)
app.add_typer(exercises_app, name="exercises")

_STYLES = {
    RIGHT: "[green]✓ right[/green]",
    WRONG: "[yellow]✗ wrong[/yellow]",
    NOT_ATTEMPTED: "[dim]○ not attempted[/dim]",
}

ENGINES = {
    "exact": ("algebra and quadrature, with an error estimate", ("numpy", "scipy")),
    "gibbs": ("Gibbs sampling in NumPy", ("numpy", "scipy")),
    "pymc": ("NUTS by PyMC and nutpie", ("pymc", "nutpie")),
    "numpyro": ("NUTS by NumPyro", ("numpyro", "jax")),
}

Name = Annotated[str, typer.Argument(help="chapter/NN_slug, or a part of it")]


@app.callback(invoke_without_command=True)
def main(
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Hierarchical Bayesian modeling: the book's library."""
    if version:
        typer.echo(f"hbm {__version__}")
        raise typer.Exit


@exercises_app.callback(invoke_without_command=True)
def listing(context: typer.Context) -> None:
    """List the exercises and where you stand."""
    if context.invoked_subcommand is not None:
        return
    try:
        names = bank.names()
    except FileNotFoundError as error:
        raise _stop(error) from None
    records, notice = progress.load()
    console = Console()
    for chapter in sorted({name.split("/")[0] for name in names}):
        table = Table(
            box=None, pad_edge=False, title=f"[bold]{chapter}[/bold]", title_justify="left"
        )
        table.add_column("exercise", no_wrap=True, overflow="fold")
        for heading in ("what it asks", "you", "tries", "hints"):
            table.add_column(heading)
        for name in (one for one in names if one.startswith(f"{chapter}/")):
            folder, record = bank.root() / name, records.get(name, {})
            standing = _standing(record, len(bank.hints(folder)))
            table.add_row(folder.name, bank.title(folder), *standing)
        console.print(table)
    right = sum(progress.status(records.get(name, {})) == RIGHT for name in names)
    console.print(f"\n{right} of {len(names)} right. Progress is kept in {progress.path()}")
    _say(notice)


@exercises_app.command()
def show(name: Name) -> None:
    """Print what an exercise asks."""
    folder = _find(name)
    Console().print(Markdown(plain_math.readable(bank.prompt(folder))))
    typer.echo(f"\nOpen it in a notebook: {folder / 'exercise.ipynb'}")
    if "site-packages" in folder.parts:
        typer.echo("Copy that file to a folder of your own first: this one belongs to the installed library.")
    typer.echo("Answers are checked there, by ex.check(...).")


@exercises_app.command()
def hint(
    name: Name,
    number: Annotated[int | None, typer.Argument(help="Which; the next unseen if left out")] = None,
) -> None:
    """Print a hint."""
    _open(name).hint(number)


@exercises_app.command()
def solution(
    name: Name,
    insist: Annotated[bool, typer.Option("--insist", help="Before your answer is right")] = False,
) -> None:
    """Print the solution, once your answer is right or if you insist."""
    folder = _find(name)
    full = f"{folder.parent.name}/{folder.name}"
    allowed = progress.status(progress.load()[0].get(full, {})) == RIGHT
    if not (allowed or insist):
        typer.echo(
            "The solution is shown once your answer is right. Try a hint: "
            f"`hbm exercises hint {full}`. To see it all the same, add --insist."
        )
        raise typer.Exit(1)
    _say(progress.note_help(full, "solution_seen", True))
    code = (folder / "solution.py").read_text(encoding="utf-8")
    Console().print(Syntax(code, "python", background_color="default", word_wrap=True))


@exercises_app.command()
def reset(
    name: Annotated[str | None, typer.Argument(help="Which; all if left out")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget your progress in one exercise or in all."""
    folder = None if name is None else _find(name)
    full = None if folder is None else f"{folder.parent.name}/{folder.name}"
    if not yes:
        typer.confirm(f"Forget your progress in {full or 'all exercises'}?", abort=True)
    _say(progress.reset(full))
    typer.echo(f"Forgotten: {full or 'all exercises'}.")


@exercises_app.command(hidden=True)
def prove(
    name: Annotated[str | None, typer.Argument(help="Which; all if left out")] = None,
) -> None:
    """Prove that exercises are fit for readers (for those who write them)."""
    if find_spec("jupytext") is None:
        raise _stop(ModuleNotFoundError("prove needs jupytext, one of the book's tools: pip install 'hbm-lib[book]'"))
    folders = [bank.root() / one for one in bank.names()] if name is None else [_find(name)]
    complaints = [
        f"{folder.parent.name}/{folder.name}: {words}"
        for folder in folders
        for words in proof.prove(folder)
    ] + proof.bank_whole(bank.root())
    for complaint in complaints:
        typer.echo(complaint)
    noun = "exercise" if len(folders) == 1 else "exercises"
    typer.echo(f"{len(folders)} {noun}, {len(complaints)} complaints")
    if complaints:
        raise typer.Exit(1)


@app.command()
def engines() -> None:
    """List the engines and whether what they need is installed."""
    table = Table("engine", "what it does", "here", box=None, pad_edge=False)
    for engine, (what, packages) in ENGINES.items():
        missing = [package for package in packages if find_spec(package) is None]
        here = f"[yellow]needs {', '.join(missing)}[/yellow]" if missing else "[green]✓[/green]"
        table.add_row(engine, what, here)
    Console().print(table)


@app.command(epilog="Example: hbm readout users.csv --unit shop --group city --arm variant --treatment B --control A "
                    "--outcome revenue --out results")
def readout(
    file: Annotated[Path, typer.Argument(help="CSV (gzipped too) or Parquet; one row for each user of a unit.")],
    unit: Annotated[str, typer.Option(help="The column that says which unit a row belongs to.")] = "creator_id",
    group: Annotated[str | None, typer.Option(
        help="The column of the units' groups. A unit borrows from the others of its group; without this option all units are "
             "one group.", show_default=False)] = None,
    arm: Annotated[str, typer.Option(help="The column that says which arm of the experiment a row is in.")] = "group",
    outcome: Annotated[str, typer.Option(help="The column of numbers whose means are compared.")] = "revenue",
    treatment: Annotated[str | None, typer.Option(
        help="The label of the treated in the arms' column. Not needed where it is obvious (treatment, test, 1, true and the "
             "like).", show_default=False)] = None,
    control: Annotated[str | None, typer.Option(
        help="The label of those they are compared with. Not needed where it is obvious (control, placebo, 0, false and the "
             "like).", show_default=False)] = None,
    ignore_arm: Annotated[list[str] | None, typer.Option(
        help="A label in the arms' column whose rows are left out. May be repeated.")] = None,
    threshold: Annotated[float, typer.Option(
        help="The effect that matters, in the outcome's unit: the table's p_above is the probability of a larger one.")] = 0.0,
    level: Annotated[float, typer.Option(
        help="The probability that an interval is to hold, between 0 and 1: 0.95 for intervals of 95 percent.")] = 0.95,
    prior_scale: Annotated[float | None, typer.Option(
        help="How large effects can be, in the outcome's unit: the scale of the priors. If left out, the outcome's standard "
             "deviation within arms.", show_default=False)] = None,
    drop_unusable: Annotated[bool, typer.Option(
        "--drop-unusable", help="Leave out units that cannot be estimated, and list them in the report, instead of stopping at "
                                "the first.")] = False,
    out: Annotated[Path, typer.Option(
        help="The folder for the table and the report; made if it is not there. Older results in it are "
             "replaced.")] = Path("readout"),
    kind: Annotated[str, typer.Option("--format", help="The table's format, csv or parquet.")] = "csv",
    report: Annotated[bool, typer.Option(help="Whether report.html is written beside the table.")] = True,
) -> None:
    """Turn a file of many small experiments into a table and a report.

    Units are what you want an effect of (creators, schools, shops); each row of the file is one user of one unit in one arm.
    """
    from .readout.run import run
    from .readout.settings import Settings
    from .readout.watch import watch

    try:
        settings = Settings(unit, group, arm, outcome, treatment, control, tuple(ignore_arm or ()), threshold, level, prior_scale,
                            drop_unusable, kind, report)
        with watch() as tell:
            found, written = run(file, out, settings, tell)
    except ValueError as error:
        raise _stop(error) from None
    except OSError as error:
        raise _stop(f"--out: {out}: it cannot be written: {error}; nothing was changed") from None
    except KeyboardInterrupt:
        typer.echo("stopped; no file is half-written", err=True)
        raise typer.Exit(130) from None
    for caveat in found.caveats:
        typer.echo(f"Caveat: {caveat.title}. {caveat.finding}", err=True)
    for path in written:
        typer.echo(path)


def _standing(record: dict[str, Any], hints: int) -> tuple[str, str, str]:
    """Return the last three columns of a row of the listing."""
    seen = len(record.get("hints", []))
    told = f"{seen} of {hints}" + (", solution" if record.get("solution_seen") else "")
    return _STYLES[progress.status(record)], str(record.get("tries", 0) or ""), told


def _find(name: str) -> Path:
    """Return an exercise's folder; its checker, which loads much, is left alone."""
    try:
        return bank.find(name)
    except (ValueError, FileNotFoundError) as error:
        raise _stop(error) from None


def _open(name: str) -> Exercise:
    try:
        return exercise(name)
    except (ValueError, FileNotFoundError) as error:
        raise _stop(error) from None


def _say(notice: str) -> None:
    if notice:
        typer.echo(notice, err=True)


def _stop(error: Exception | str) -> typer.Exit:
    typer.echo(str(error), err=True)
    return typer.Exit(2)
