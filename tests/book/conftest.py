"""Where the built book is, and which pages it has."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
HTML = ROOT / "_build" / "html"


def built_pages() -> list[Path]:
    return sorted(path for path in HTML.rglob("*.html")
                  if "_static" not in path.relative_to(HTML).parts)


def pytest_generate_tests(metafunc):
    if "page_path" in metafunc.fixturenames:
        pages = built_pages()
        wanted = metafunc.definition.get_closest_marker("pages_with")
        if wanted:
            pages = [path for path in pages if wanted.args[0] in path.read_text(encoding="utf-8")]
            assert pages or not built_pages(), f"no page has {wanted.args[0]!r}: this test would test nothing"
        metafunc.parametrize(
            "page_path", pages, ids=[path.relative_to(HTML).as_posix() for path in pages])


@pytest.fixture(scope="session")
def html() -> Path:
    if not (HTML / "index.html").exists():
        pytest.fail("The book has not been built: run `make book` first.")
    return HTML


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
