"""The notebooks' pipeline: find, compare, execute and validate the twins.

A notebook page is edited as MyST Markdown (``page.md``) and committed together with its executed
twin (``page.ipynb``). ``run`` executes from fresh kernels those whose inputs changed: the page
itself, the library, the exercises, the lock. The inputs' hash is kept in the executed notebook's
metadata, beside the seconds it took and the versions it ran with.

    notebooks.py run [--all] [--jobs 2] [page.md ...]
    notebooks.py sync            write page.md from page.ipynb after editing in JupyterLab
    notebooks.py validate        nbval over all executed notebooks
"""

import argparse
import ast
import hashlib
import json
import os
import platform
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import metadata
from pathlib import Path

import jupytext
import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("chapters", "back")
SANITISER = ROOT / "tools" / "nbval_sanitize.cfg"
VERSIONS = ("numpy", "scipy", "pandas", "xarray", "arviz", "pymc", "nutpie", "numpyro", "jax",
            "matplotlib", "altair", "jupyter-book")
MARKDOWN_HEADER = "kernelspec,jupytext,mystnb,html_meta"


def pages(root: Path = ROOT) -> list[Path]:
    """Return the Markdown sources that are notebooks (they name a kernel), sorted."""
    found = []
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*.md")):
            head = path.read_text(encoding="utf-8").split("\n---", 1)[0]
            if head.startswith("---") and "kernelspec:" in head:
                found.append(path)
    return found


def without_docstrings(source: str) -> str:
    """Return Python source reduced to what runs: no comments, no docstrings, no layout."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if (isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
                    and isinstance(first.value.value, str)):
                node.body[0] = ast.Pass()
    return ast.unparse(tree)


@cache
def shared_hash(root: Path = ROOT) -> str:
    """Return one hash of everything every notebook rests on: library, exercises, lock."""
    digest = hashlib.sha256()
    for path in sorted((root / "hbm_lib").rglob("*.py")):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(without_docstrings(path.read_text(encoding="utf-8")).encode())
    digest.update((root / "requirements.txt").read_bytes())
    return digest.hexdigest()


def inputs_hash(page: Path, root: Path = ROOT) -> str:
    """Return the hash of a page's code and of everything it rests on."""
    digest = hashlib.sha256(shared_hash(root).encode())
    for cell in jupytext.read(page).cells:
        if cell.cell_type == "code":
            digest.update(json.dumps([cell.source, plain(cell.metadata)], sort_keys=True).encode())
    return digest.hexdigest()


def plain(cell_metadata: dict) -> dict:
    """Return a cell's metadata without what tools add to it."""
    noise = {"execution", "editable", "slideshow", "scrolled", "lines_to_next_cell", "jupyter"}
    return {key: value for key, value in cell_metadata.items() if key not in noise}


def normalised(notebook: nbformat.NotebookNode) -> list[tuple]:
    """Return a notebook's cells in the form in which twins are compared."""
    return [(cell.cell_type, cell.source.strip(), json.dumps(plain(cell.metadata), sort_keys=True))
            for cell in notebook.cells if cell.source.strip()]


def twins_differ(page: Path) -> str | None:
    """Return a sentence saying how a page and its executed twin differ, or None."""
    twin = page.with_suffix(".ipynb")
    if not twin.exists():
        return f"{page.name} has never been executed: run `make notebooks`."
    ours, theirs = normalised(jupytext.read(page)), normalised(nbformat.read(twin, as_version=4))
    if len(ours) != len(theirs):
        return f"{page.name} has {len(ours)} cells, its twin {len(theirs)}: run `make notebooks`."
    for number, (a, b) in enumerate(zip(ours, theirs, strict=True), 1):
        if a != b:
            return f"{page.name}, cell {number} differs from its twin: run `make notebooks`."
    return None


def recorded_hash(page: Path) -> str | None:
    """Return the inputs' hash that the executed twin was made from."""
    twin = page.with_suffix(".ipynb")
    if not twin.exists():
        return None
    return json.loads(twin.read_text(encoding="utf-8"))["metadata"].get("hbm", {}).get("inputs")


def versions() -> dict[str, str]:
    """Return the versions that a reader may want to compare with."""
    found = {"python": platform.python_version()}
    for name in VERSIONS:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def tidy(notebook: nbformat.NotebookNode) -> None:
    """Make a notebook's file depend on nothing but its content."""
    for number, cell in enumerate(notebook.cells):
        digest = hashlib.sha256(f"{number} {cell.source}".encode()).hexdigest()
        cell["id"] = f"c{number:03d}-{digest[:8]}"
        cell.metadata.pop("execution", None)


def write_aside(path: Path, text: str) -> None:
    """Write a file so that nobody ever sees half of it."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    aside.write_text(text, encoding="utf-8")
    aside.replace(path)


def execute(page: Path, timeout: int = 600) -> tuple[Path, float, str | None]:
    """Execute one page in a fresh kernel and write its twin; return seconds and any error."""
    inputs = inputs_hash(page)
    notebook = jupytext.read(page)
    start = time.monotonic()
    client = NotebookClient(notebook, timeout=timeout, kernel_name="python3", record_timing=False,
                            extra_arguments=["--IPKernelApp.log_level=ERROR"],
                            resources={"metadata": {"path": str(page.parent)}})
    try:
        client.execute()
    except CellExecutionError as error:
        return page, time.monotonic() - start, str(error)
    seconds = time.monotonic() - start
    tidy(notebook)
    notebook.metadata["hbm"] = {"inputs": inputs, "seconds": round(seconds, 1),
                                "versions": versions()}
    text = json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True)
    write_aside(page.with_suffix(".ipynb"), text + "\n")
    return page, seconds, None


def refresh_prose(page: Path) -> None:
    """Bring new prose into the executed twin, whose code has not changed."""
    source, twin = jupytext.read(page), page.with_suffix(".ipynb")
    executed = nbformat.read(twin, as_version=4)
    done = iter([cell for cell in executed.cells if cell.cell_type == "code"])
    for cell in source.cells:
        if cell.cell_type == "code":
            old = next(done)
            cell.outputs, cell.execution_count = old.outputs, old.execution_count
    tidy(source)
    source.metadata["hbm"] = executed.metadata["hbm"]
    source.metadata["language_info"] = executed.metadata.get("language_info", {})
    text = json.dumps(source, indent=1, ensure_ascii=False, sort_keys=True)
    write_aside(twin, text + "\n")


def run(chosen: list[Path], jobs: int, everything: bool) -> int:
    """Execute what changed; return the number of pages that failed."""
    failed, stale = 0, []
    for page in chosen:
        if everything or recorded_hash(page) != inputs_hash(page):
            stale.append(page)
        elif twins_differ(page):
            refresh_prose(page)
            print(f"  {page.relative_to(ROOT)}: only its prose changed; nothing was executed")
    print(f"  {len(stale)} of {len(chosen)} notebooks to execute", flush=True)
    with ThreadPoolExecutor(jobs) as pool:
        for page, seconds, error in pool.map(execute, stale):
            print(f"  {page.relative_to(ROOT)}: {seconds:.1f} s", flush=True)
            if error:
                failed += 1
                print(error, file=sys.stderr)
    return failed


def sync(chosen: list[Path]) -> None:
    """Write each page's Markdown from its notebook, after editing in JupyterLab; a newer Markdown is left alone."""
    for page in chosen:
        twin = page.with_suffix(".ipynb")
        if twins_differ(page) and twin.exists():
            if page.stat().st_mtime > twin.stat().st_mtime:
                print(f"  {page.relative_to(ROOT)} is newer than its notebook and stays as it is: run `make notebooks`")
                continue
            notebook = nbformat.read(twin, as_version=4)
            notebook.metadata.setdefault("jupytext", {})["notebook_metadata_filter"] = (
                f"{MARKDOWN_HEADER},-all")
            write_aside(page, jupytext.writes(notebook, fmt="md:myst"))
            print(f"  {page.relative_to(ROOT)} written from its notebook")


def validate(jobs: int, chosen: list[Path]) -> int:
    """Run nbval over the executed notebooks; return its status."""
    twins = [str(page.with_suffix(".ipynb")) for page in chosen]
    if not twins:
        print("  There is no notebook to validate.")
        return 0
    parallel = ["-n", str(jobs), "--dist", "loadfile"] if jobs > 1 and len(twins) > 1 else []
    command = [sys.executable, "-m", "pytest", "--nbval", "--nbval-current-env",
               "--nbval-sanitize-with", str(SANITISER), *parallel, "-q", *twins]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def main() -> int:
    """Do what the command line asks."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("task", choices=["run", "sync", "validate"])
    parser.add_argument("pages", nargs="*", type=Path)
    parser.add_argument("--all", action="store_true", dest="everything")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    chosen = [path.resolve().with_suffix(".md") for path in args.pages] or pages()
    if args.task == "run":
        return min(run(chosen, args.jobs, args.everything), 1)
    if args.task == "validate":
        return validate(args.jobs, chosen)
    sync(chosen)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
