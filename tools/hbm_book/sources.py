"""Which files are pages, and where the repository lives.

A notebook page has two twins, ``page.md`` (what is edited) and ``page.ipynb`` (what was executed).
Sphinx gets the executed one. Buttons that open a page on Colab or Binder exist only when the
repository's public address is known: from GITHUB_REPOSITORY (set by GitHub's own machines) or from
the remote ``origin``. Otherwise there is no button, so there is no dead link.
"""

import os
import re
import subprocess
from pathlib import Path

from sphinx.application import Sphinx

PUBLIC = re.compile(
    r"^(?:https://|ssh://git@|git@)(github\.com|gitlab\.com)[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$"
)
FOLDERS = ("chapters", "back")


def twins(root: Path) -> list[Path]:
    """Return the executed notebooks that have a Markdown twin, sorted."""
    found = (path for folder in FOLDERS for path in (root / folder).rglob("*.ipynb"))
    return sorted(path for path in found
                  if ".ipynb_checkpoints" not in path.parts and path.with_suffix(".md").exists())


def public_address(remote: str) -> str | None:
    """Return ``https://host/owner/name`` when a git remote is a public repository, else None."""
    match = PUBLIC.match(remote.strip())
    return f"https://{match[1]}/{match[2]}/{match[3]}" if match else None


def repository(root: Path) -> str | None:
    """Return the repository's public address, or None when it cannot be known."""
    named = os.environ.get("GITHUB_REPOSITORY")
    if named:
        return public_address(f"https://github.com/{named}")
    done = subprocess.run(["git", "-C", str(root), "remote", "get-url", "origin"],
                          capture_output=True, text=True, check=False)
    return public_address(done.stdout) if done.returncode == 0 else None


def exclude_twins(app: Sphinx, config) -> None:
    """Leave the Markdown twin of every executed notebook out of the build."""
    root = Path(app.srcdir)
    twin = [path.with_suffix(".md").relative_to(root).as_posix() for path in twins(root)]
    config.exclude_patterns = [*config.exclude_patterns, *twin]


def launch_buttons(app: Sphinx, config) -> None:
    """Switch the launch buttons on when, and only when, their target can exist."""
    options = config.html_theme_options
    address = repository(Path(app.srcdir))
    options["repository_url"] = address or ""
    options["use_repository_button"] = bool(address)
    options["launch_buttons"] = {}
    if address and "github.com" in address:
        owner, name = address.rsplit("/", 2)[1:]
        options["repository_branch"] = "main"
        options["launch_buttons"] = {
            "notebook_interface": "jupyterlab",
            "colab_url": "https://colab.research.google.com",
            "binderhub_url": "https://mybinder.org",
        }
        config.html_baseurl = config.html_baseurl or f"https://{owner}.github.io/{name}/"


def setup(app: Sphinx) -> None:
    """Register with Sphinx."""
    # before the external table of contents is read (its priority is 900)
    app.connect("config-inited", exclude_twins, priority=100)
    app.connect("config-inited", launch_buttons, priority=100)
