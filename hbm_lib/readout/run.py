"""All steps in order; nothing is written before the last."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from hbm_lib.readout.analyze import Readout, analyze
from hbm_lib.readout.settings import Settings
from hbm_lib.readout.spreadsheet import guarded
from hbm_lib.readout.write import check_place, write


def run(
    path: Path, out: Path, settings: Settings, tell: Callable[[str, float], object] = lambda step, share: None,
) -> tuple[Readout, list[Path]]:
    """Read, check, fit, and write ``readout.csv`` or ``readout.parquet`` and ``report.html``.

    Parameters
    ----------
    path : Path
        CSV or Parquet, one row a user.
    out : Path
        The folder to write to.
    settings : Settings
        Which column is what, and the options.
    tell : callable
        Is told each step and the share of the whole that is done.

    Returns
    -------
    tuple
        The readout and the files written.

    Raises
    ------
    ValueError
        If the input is bad; nothing is written.
    OSError
        If the disk refuses; everything is as it was before.
    """
    table_name = f"readout.{settings.kind}"
    check_place(out, [table_name, *(["report.html"] if settings.report else [])], path)
    make_page = _reporter() if settings.report else None
    if settings.kind == "parquet":
        _needs("pyarrow", "a table in Parquet", "duckdb", "or write it with --format csv")
    found = analyze(path, settings, tell=tell)
    table = found.table
    save = guarded(table).to_csv if settings.kind == "csv" else table.to_parquet
    writers: dict[str, Callable[[Path], object]] = {table_name: lambda p: save(p, index=False)}
    if make_page is not None:
        tell("drawing", 0.9)
        page = make_page(found)
        writers["report.html"] = lambda p: p.write_text(page, encoding="utf-8")
    tell("writing", 0.97)
    return found, write(out, writers)


def _reporter() -> Callable[[Readout], str]:
    """Return the function that makes the page.

    Raises
    ------
    ValueError
        If what it draws with is not installed.
    """
    for module in ("matplotlib", "jinja2"):
        _needs(module, "the report", "readout", "or write the table alone with --no-report")
    return import_module("hbm_lib.readout.report").report


def _needs(module: str, what: str, extra: str, instead: str) -> None:
    """Refuse what needs a package that is not installed.

    Raises
    ------
    ValueError
        Naming package and extra.
    """
    try:
        import_module(module)
    except ModuleNotFoundError:
        raise ValueError(f"{what} needs {module}: pip install 'hbm-lib[{extra}]', {instead}") from None
