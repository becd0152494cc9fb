"""Crossed effects: input that cannot be used is refused with a sentence that says where, before anything is sampled."""

import re

import crossing
import numpy as np
import pytest

from hbm_lib import fit, fitting
from hbm_lib.fitting import fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import creators, crossed
from hbm_lib.models.crossed import gibbs, simulate
from hbm_lib.priors import HalfNormal, Normal
from hbm_lib.samplers import nuts

EFFECT, SE, GENRE, SEGMENT = [0.9, 0.1, 1.4, -0.6], [0.5, 0.2, 0.9, 0.4], list("abab"), list("xxyy")
MODEL = crossed.genre_by_segment()
NAN = float("nan")


@pytest.fixture
def no_sampling(monkeypatch):
    """Everything that samples raises what no test expects."""
    def caught(*_, **__):
        raise RuntimeError("something was computed before the input was refused")

    for module, name in ((gibbs, "draw_location"), (fitting, "run_chains"), (nuts, "sample_pymc"), (nuts, "sample_numpyro")):
        monkeypatch.setattr(module, name, caught)


@pytest.mark.parametrize(("columns", "said"), [
    (([0.9, NAN, 1.4, -0.6], SE, GENRE, SEGMENT), "effect, row 1: nan is missing or infinite"),
    ((EFFECT, [0.5, 0, 0.9, 0.4], GENRE, SEGMENT), "se, row 1: 0 is not above 0"),
    ((EFFECT, SE, ["a", None, "b", "b"], SEGMENT), "genre, row 1: the label is missing"),
    ((EFFECT, SE, GENRE, ["x", "x", " ", "y"]), "segment, row 2: the label is missing"),
    ((EFFECT, SE, GENRE, list("xxy")), "effect has 4, se has 4, genre has 4, segment has 3; give one row a creator"),
    (([], [], [], []), "effect: there is no row"),
    ((EFFECT, SE, "abab", SEGMENT), "genre: one label a row is needed, got 'abab'"),
])
def test_columns(columns, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        crossed.Data(*columns)


@pytest.mark.parametrize(("changes", "said"), [
    ({"sigma_cell": Normal(0, 1)}, "sigma_cell: its prior must live above 0, "),
    ({"sigma_genre": 0.3}, "sigma_genre: a distribution of hbm_lib.priors is needed, got 0.3"),
])
def test_priors(changes, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        MODEL.with_prior(**changes)


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("engine", ["gibbs", "pymc", "numpyro"])
def test_data_of_another_kind(engine):
    with pytest.raises(ValueError, match=r"data: a crossed\.Data is needed, got Data"):
        fit(MODEL, creators.Data(EFFECT, SE, GENRE), engine=engine, seed=1)
    many = crossing.DATA.replicated(np.zeros((3, 8)))
    with pytest.raises(ValueError, match="data: one data set is needed, got 3 at once"):
        fit(MODEL, many, engine=engine, seed=1)
    with pytest.raises(ValueError, match=r"form: one of .* is needed, got 'mixed'"):
        fit(MODEL, crossing.DATA, engine=engine, seed=1, form="mixed")


def test_engines_that_cannot():
    with pytest.raises(EngineError, match=r"four scales are left .* Use one of gibbs, pymc, numpyro"):
        fit_exact(MODEL, crossing.DATA)


def test_replicates_of_another_length():
    with pytest.raises(ValueError, match=r"y: shape \(data sets, 8\) is needed, got \(3, 7\)"):
        crossing.DATA.replicated(np.zeros((3, 7)))


@pytest.mark.parametrize(("about", "said"), [
    ({"genres": 0}, "genres: a whole number of at least 1 is needed, got 0"),
    ({"each": True}, "each: a whole number of at least 1 is needed, got True"),
    ({"each": np.ones((2, 3), int)}, "each: whole numbers of shape (5, 3) are needed"),
    ({"each": np.full((5, 3), 1.5)}, "each: whole numbers of shape (5, 3) are needed"),
    ({"each": np.full((5, 3), -1)}, "none below 0"),
    ({"each": np.eye(5, 3, dtype=int)}, "each: a genre or a segment has no creator"),
    ({"se": (0.5, 0.1)}, "se: two numbers above 0 are needed, the smaller first"),
    ({"se": 0.5}, "se: two numbers above 0 are needed"),
    ({"sigma_interaction": 1.0}, "sigma_interaction: not a hyperparameter; they are mu_global, sigma_genre"),
])
def test_made_up_data(about, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        simulate.make_up(1, MODEL.prior, **about)


def test_the_smallest_data_is_fitted():
    """One creator, one genre, one segment."""
    model = MODEL.with_prior(sigma_cell=HalfNormal(0.1))
    tree = fit(model, crossed.Data([0.4], [0.3], ["a"], ["x"]), engine="gibbs", seed=1, draws=50, tune=10)
    assert tree["posterior"]["interaction"].shape == (4, 50, 1, 1)
    assert np.isfinite(tree["posterior"]["tau"]).all()
