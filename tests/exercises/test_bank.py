"""Every exercise that is found proves every rule; a new chapter needs no new test."""

import nbformat
import pytest
from nbclient import NotebookClient

from hbm_lib.exercises import bank, proof

NAMES = bank.names()


@pytest.mark.parametrize("rule", proof.PROOFS)
@pytest.mark.parametrize("name", NAMES)
def test_exercise_proves(name, rule):
    assert proof.PROOFS[rule](bank.root() / name) == []


def test_bank_is_whole():
    assert proof.bank_whole(bank.root()) == []


def test_eight_schools_has_its_exercises():
    assert len([name for name in NAMES if name.startswith("eight_schools/")]) >= 6


@pytest.mark.parametrize("rule", proof.PROOFS)
def test_skeleton_proves(skeleton, rule):
    assert proof.PROOFS[rule](skeleton) == []


@pytest.mark.parametrize("name", NAMES)
def test_first_cell_says_how_to_get_the_library(name):
    first = bank.cells(bank.root() / name)[0]
    assert first == bank.cells(bank.root() / "_skeleton" / "01_your_slug")[0]
    assert "pip install" in first


@pytest.mark.slow
def test_a_stub_in_a_real_kernel_shows_one_panel_a_check(tmp_path):
    notebook = nbformat.read(bank.root() / NAMES[0] / "exercise.ipynb", as_version=4)
    NotebookClient(notebook, timeout=60, resources={"metadata": {"path": str(tmp_path)}}).execute()
    outputs = [cell.outputs for cell in notebook.cells if cell.cell_type == "code"]
    shown = [output for cell in outputs for output in cell]
    assert len(shown) == 1
    assert shown[0]["data"]["text/plain"].startswith("○ Not attempted yet.")
    assert 'role="status"' in shown[0]["data"]["text/html"]
