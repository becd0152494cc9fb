"""The landing page's picture is what the library computes, not a drawing of it."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))

import cover  # noqa: E402


def test_the_cover_is_drawn_from_the_exact_posterior() -> None:
    assert cover.TARGET.read_text(encoding="utf-8") == cover.draw(), "stale: run tools/cover.py"


def test_the_cover_moves_with_the_model(monkeypatch) -> None:
    monkeypatch.setattr(cover.es, "noncentered", cover.es.skeptical)
    assert cover.TARGET.read_text(encoding="utf-8") != cover.draw()
