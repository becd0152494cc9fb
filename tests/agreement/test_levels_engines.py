"""Three levels and slopes: NUTS against Gibbs sampling with 24 chains, one library each; both libraries' densities
and variables are held against the definition in ``test_levels_log_density``.

No exact posterior is at hand, so the reference has a standard error of its own: that between its 24 chains.
"""

import pytest
from two_samplers import compared
from two_samplers import entries as entries_of

from hbm_lib import fit
from hbm_lib.diagnostics.comparison import compare_chains, compare_mcse
from hbm_lib.models import slopes, three_levels
from hbm_lib.models.slopes import simulate as lines_made_up
from hbm_lib.models.three_levels import simulate as district_made_up
from hbm_lib.priors import HalfNormal

DISTRICT, _ = district_made_up.district(1981, schools=8, teachers=(2, 4), pupils=(4, 12))
LINES, _ = lines_made_up.district(1981, groups=12, smallest=4, largest=25)
MODELS = {"three levels": (three_levels.three_levels(), DISTRICT), "slopes": (slopes.slopes(), LINES)}
NUTS = {"chains": 4, "draws": 600, "tune": 500}
LEVEL = 1e-5  # of each of some hundred comparisons of Gibbs with Gibbs


def entries(tree):
    """Every scalar, and the first two entries of every vector."""
    return entries_of(tree, places=(0, 1))


def by_chains(draws, truth, **about):
    return compare_chains(draws.mean(1), truth, level=LEVEL, **about)


@pytest.fixture(scope="module")
def references(seed_for):
    """24 chains of Gibbs sampling for each model."""
    return {name: entries(fit(*pair, engine="gibbs", form="interwoven", seed=seed_for(f"reference of {name}"), chains=24,
                              draws=700, tune=150)) for name, pair in MODELS.items()}


@pytest.mark.slow
@pytest.mark.parametrize(("name", "engine"), [("three levels", "pymc"), ("slopes", "numpyro")])
def test_nuts_agrees_with_gibbs(name, engine, seed, references):
    found = compared(entries(fit(*MODELS[name], engine=engine, seed=seed, **NUTS)), references[name], compare_mcse, cap=0.1)
    assert len(found) >= 32
    assert all(c.ok for c in found), "\n".join(str(c) for c in found if not c.ok)


@pytest.mark.parametrize("name", MODELS)
def test_another_seed_agrees_and_another_prior_does_not(name, seed, references):
    model, data = MODELS[name]
    about = {"engine": "gibbs", "form": "interwoven", "seed": seed, "chains": 24, "draws": 350, "tune": 150}
    found = compared(entries(fit(model, data, **about)), references[name], by_chains, cap=0.06)
    assert all(c.ok for c in found), "\n".join(str(c) for c in found if not c.ok)
    narrow = {"tau_teacher": HalfNormal(2)} if name == "three levels" else {"tau_slope": HalfNormal(0.2)}
    found = compared(entries(fit(model.with_prior(**narrow), data, **about)), references[name], by_chains, cap=0.06)
    assert next(iter(narrow)) in " ".join(c.quantity for c in found if c.verdict == "differs")


@pytest.mark.parametrize("name", MODELS)
def test_the_engine_that_cannot_says_why(name):
    with pytest.raises(ValueError, match=r"cannot fit .* quadrature here goes over two\. Use one of gibbs, pymc, numpyro"):
        fit(*MODELS[name], engine="exact", seed=1)
