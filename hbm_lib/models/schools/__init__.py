"""Schools: pupils' scores in groups of unequal size, and the three poolings.

NUTS samples the centered form, which mixes best where schools have many pupils. Where schools are
small and differ little (tau not clearly above sigma / sqrt(n_j)) it diverges: give ``fit``
``form="noncentered"`` then. The exact engine and the interwoven Gibbs sampler have no such choice to make.
"""

from hbm_lib.model import Model
from hbm_lib.models.schools.spec import Data, Prior
from hbm_lib.priors import Exponential, HalfNormal, Normal

__all__ = ["Data", "Prior", "complete_pooling", "no_pooling", "partial_pooling", "random_intercept"]

_FOLDER = "hbm_lib.models.schools"
_ALL = {"exact": "exact", "gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}
_FLAT = 1000.0


def _model(name: str, title: str, prior: Prior) -> Model:
    """Put a model of the family together: its variables follow from its priors."""
    dims: dict[str, tuple[str, ...]] = {"mu": ()}
    dims |= {"tau": ()} if prior.tau is not None else {}
    dims |= {"sigma": ()} | ({"beta": ("covariate",)} if prior.beta is not None else {})
    form = "centered" if prior.tau is not None else "noncentered"
    return Model(f"schools.{name}", title, _FOLDER, prior, form, dims | {"theta": ("school",)}, _ALL)


def partial_pooling() -> Model:
    """Return the chapter's model: mu ~ N(75, 15), tau ~ Exponential(0.1), sigma ~ Exponential(0.1).

    Scores are points of a test out of 100.
    """
    return _model("partial_pooling", "Partial pooling", Prior(Normal(75, 15), Exponential(0.1), Exponential(0.1)))


def complete_pooling() -> Model:
    """Return the model in which all schools are one: tau is fixed at 0."""
    return _model("complete_pooling", "Complete pooling", Prior(Normal(75, 15), None, Exponential(0.1)))


def no_pooling() -> Model:
    """Return the model in which no school tells of another: tau is fixed at 1000 points."""
    return _model("no_pooling", "No pooling", Prior(Normal(75, 15), None, Exponential(0.1), fixed_tau=_FLAT))


def random_intercept(pooling: str = "partial") -> Model:
    """Return the model with pupils' covariates, for scores and covariates in standard deviations.

    mu ~ N(0, 1), beta ~ N(0, 1), sigma ~ half-normal(1). With partial pooling tau ~ half-normal(1);
    ``pooling="complete"`` fixes tau at 0 and ``"no"`` at 100.
    """
    if pooling not in ("partial", "complete", "no"):
        raise ValueError(f"pooling: 'partial', 'complete' or 'no' is needed, got {pooling!r}")
    tau = HalfNormal(1) if pooling == "partial" else None
    prior = Prior(Normal(0, 1), tau, HalfNormal(1), beta=Normal(0, 1), fixed_tau=100.0 if pooling == "no" else 0.0)
    name = "random_intercept" if pooling == "partial" else f"random_intercept_{pooling}_pooling"
    return _model(name, "Random intercept" if pooling == "partial" else f"Covariates, {pooling} pooling", prior)
