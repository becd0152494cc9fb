"""Hand the built book to the branch that serves it. Run by `make publish`, after all tests.

The built pages become one commit on the branch ``gh-pages`` and are pushed to ``origin``. Without
a remote they are packed into one file instead, to be put on any web server. The pages are built
from the committed files: with uncommitted changes nothing is published.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HTML = ROOT / "_build" / "html"
BRANCH = "gh-pages"


def git(*arguments: str, **environment: str) -> str:
    """Run git in the project; return what it says."""
    done = subprocess.run(["git", *arguments], cwd=ROOT, text=True, check=False,
                          capture_output=True, env=os.environ | environment)
    if done.returncode:
        raise SystemExit(f"git {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout.strip()


def commit_pages() -> str:
    """Commit the built pages, without touching the checkout; return the commit."""
    with tempfile.TemporaryDirectory() as folder:
        places = {"GIT_INDEX_FILE": str(Path(folder) / "index"), "GIT_WORK_TREE": str(HTML)}
        git("add", "--all", "--force", ".", **places)
        tree = git("write-tree", **places)
    source = git("rev-parse", "--short", "HEAD")
    return git("commit-tree", tree, "-m", f"The book, built from {source}")


def main() -> int:
    """Publish, or say why not."""
    if not (HTML / "index.html").exists():
        raise SystemExit("There is no built book: run `make book`.")
    if git("status", "--porcelain"):
        raise SystemExit("There are uncommitted changes: commit them first, so that the book shows what is committed.")
    (HTML / ".nojekyll").touch()
    if "origin" not in git("remote").split():
        packed = shutil.make_archive(str(ROOT / "dist" / "book"), "zip", HTML)
        print(f"There is no remote to push to. The book is packed in {Path(packed).relative_to(ROOT)}.")
        return 0
    commit = commit_pages()
    git("push", "--force", "origin", f"{commit}:refs/heads/{BRANCH}")
    print(f"The book is on the branch {BRANCH} of origin.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
