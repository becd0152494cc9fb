"""Build `.venv` from the hashed lock, and notice when it has gone stale.

Run by `make` with any Python >= 3.12; uses the standard library alone. When the stamp inside
`.venv` agrees with requirements.txt, pyproject.toml and the Python in use, nothing is done and no
network is touched.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "hbm-stamp"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")


def wanted_stamp(root: Path = ROOT, version: str | None = None) -> str:
    """Return what the stamp must say: the Python version and one hash for each input."""
    version = version or ".".join(map(str, sys.version_info[:3]))
    lines = [f"python {version}"]
    for name in ("requirements.txt", "pyproject.toml"):
        digest = hashlib.sha256((root / name).read_bytes()).hexdigest()
        lines.append(f"{name} {digest}")
    return "\n".join(lines) + "\n"


def why_stale(found: str | None, wanted: str) -> str | None:
    """Return a sentence saying why the environment must be (re)built, or None."""
    if found is None:
        return "There is no finished environment: building .venv from requirements.txt."
    if found == wanted:
        return None
    old, new = (dict(line.split(" ", 1) for line in s.splitlines() if " " in line)
                for s in (found, wanted))
    changed = [key for key in new if old.get(key) != new[key]]
    return f"The environment is stale ({', '.join(changed)} changed): refreshing .venv."


def locked_block(requirements: str, name: str) -> str:
    """Return one package's pinned line and hashes out of the text of the lock."""
    match = re.search(rf"^{re.escape(name)}==.*?(?=^\S|\Z)", requirements, re.M | re.S)
    if match is None:
        raise SystemExit(f"requirements.txt does not pin {name}: run `make lock`.")
    return match.group(0)


def run(*command: str | Path) -> None:
    """Run a command in the project's root; stop with its status when it fails."""
    done = subprocess.run([str(part) for part in command], cwd=ROOT, check=False)
    if done.returncode:
        raise SystemExit(f"Failed: {' '.join(str(part) for part in command)}")


def create(python: str) -> None:
    """Make an empty virtual environment."""
    done = subprocess.run([python, "-m", "venv", "--clear", str(VENV)], check=False)
    if done.returncode:
        raise SystemExit(
            "Python could not make a virtual environment. "
            "On Debian and Ubuntu install python3-venv, then run make again."
        )


def install_uv() -> None:
    """Install uv at the version and hashes of the lock."""
    block = locked_block((ROOT / "requirements.txt").read_text(), "uv")
    with tempfile.TemporaryDirectory() as folder:
        only_uv = Path(folder) / "uv.txt"
        only_uv.write_text(block)
        run(PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
            "--require-hashes", "--no-deps", "-r", only_uv)


def version_of_venv(venv: Path = VENV) -> str | None:
    """Return the Python version that the environment was made with, or None."""
    config = venv / "pyvenv.cfg"
    if not config.exists() or not PYTHON.exists():
        return None
    match = re.search(r"^version *= *([\d.]+)", config.read_text(), re.M)
    return match.group(1) if match else None


def main() -> None:
    """Bring the environment up to date, saying what is done and how long it takes."""
    if sys.version_info < (3, 12):  # noqa: UP036, run by whatever Python make found
        raise SystemExit(f"Python 3.12 or newer is needed; this is {sys.version.split()[0]}.")
    wanted = wanted_stamp()
    found = STAMP.read_text() if STAMP.exists() and PYTHON.exists() else None
    version = ".".join(map(str, sys.version_info[:3]))
    reason = why_stale(found, wanted)
    if reason is None:
        return
    start = time.monotonic()
    print(f"▸ {reason}", flush=True)
    if version_of_venv() != version:
        # sys._base_executable: when make runs inside an activated .venv, the Python behind it
        create(getattr(sys, "_base_executable", sys.executable))
    STAMP.unlink(missing_ok=True)
    install_uv()
    # compiled once here, or where Python may not write beside its packages every kernel compiles them again: seconds each
    uv = (BIN / "uv", "pip", "install", "--python", PYTHON, "--quiet", "--compile-bytecode")
    run(*uv, "--require-hashes", "-r", "requirements.txt")
    run(*uv, "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(wanted)
    print(f"✓ The environment stands ({time.monotonic() - start:.0f} s).", flush=True)


if __name__ == "__main__":
    main()
