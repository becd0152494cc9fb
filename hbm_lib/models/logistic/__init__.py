"""Hierarchical logistic regression: successes among trials, in groups of unequal size."""

from hbm_lib.model import Model
from hbm_lib.models.logistic.spec import Data, Prior
from hbm_lib.priors import HalfNormal, Normal

__all__ = ["Data", "Prior", "complete_pooling", "partial_pooling", "random_intercept"]

_FOLDER = "hbm_lib.models.logistic"
_ALL = {"exact": "exact", "gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}


def _model(name: str, title: str, prior: Prior) -> Model:
    """Put a model of the family together: its variables follow from its priors."""
    dims: dict[str, tuple[str, ...]] = {"mu": ()} | ({"tau": ()} if prior.tau is not None else {})
    dims |= {"beta": ("covariate",)} if prior.beta is not None else {}
    dims |= {"alpha": ("group",), "p": ("group",)}
    return Model(f"logistic.{name}", title, _FOLDER, prior, "noncentered", dims, _ALL)


def partial_pooling() -> Model:
    """Return the model without covariates: mu ~ N(0, 1.5), tau ~ half-normal(1), on the logit scale.

    With mu ~ N(0, 1.5) a typical group's probability is anywhere between 0.05 and 0.95.
    """
    return _model("partial_pooling", "Partial pooling of rates", Prior(Normal(0, 1.5), HalfNormal(1)))


def complete_pooling() -> Model:
    """Return the model in which all groups are one: tau is fixed at 0."""
    return _model("complete_pooling", "Complete pooling of rates", Prior(Normal(0, 1.5), None))


def random_intercept(pooling: str = "partial") -> Model:
    """Return the model with covariates, for covariates in standard deviations or 0 and 1: beta ~ N(0, 1).

    ``pooling="complete"`` fixes tau at 0, which is plain logistic regression.
    """
    if pooling not in ("partial", "complete"):
        raise ValueError(f"pooling: 'partial' or 'complete' is needed, got {pooling!r}")
    prior = Prior(Normal(0, 1.5), HalfNormal(1) if pooling == "partial" else None, beta=Normal(0, 1))
    if pooling == "complete":
        return _model("random_intercept_complete_pooling", "Logistic regression", prior)
    return _model("random_intercept", "Logistic regression with groups", prior)
