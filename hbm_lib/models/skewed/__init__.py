"""Skewed outcomes with many zeros: a hurdle for revenue, a negative binomial for counts, creators within genres.

Three likelihoods, one family. Each arm of a creator has a mean of its payers (of all users, for counts), and
what differs is only the density about that mean; levels and effects have the same hierarchy in all of them.
"""

from hbm_lib.model import Model
from hbm_lib.models.skewed.cells import Counts, Data
from hbm_lib.models.skewed.spec import Coefficient, Prior
from hbm_lib.priors import HalfNormal, LogNormal, Normal

__all__ = ["Coefficient", "Counts", "Data", "Prior", "hurdle_gamma", "hurdle_lognormal", "negative_binomial"]

_FOLDER = "hbm_lib.models.skewed"
_CANNOT = {"exact": "its creators do not integrate out by algebra", "gibbs": "its conditionals are of no known family"}


def _model(name: str, title: str, prior: Prior) -> Model:
    """Put a model together: its variables follow from its coefficients."""
    dims: dict[str, tuple[str, ...]] = {}
    for c in prior.coefficients:
        dims |= {f"{c}_mu": (), f"{c}_sigma_genre": (), f"{c}_sigma_creator": (), f"{c}_genre": ("genre",), c: ("creator",)}
    dims |= {"shape": ()}
    gibbs = {"gibbs": "gibbs"} if prior.positive == "lognormal" else {}
    engines = gibbs | {"pymc": "pymc_model", "numpyro": "numpyro_model"}
    return Model(f"skewed.{name}", title, _FOLDER, prior, "centered", dims, engines, _CANNOT)


def _effect() -> Coefficient:
    """Return the prior of an effect on a log or logit: of the order of 0.3, so factors between about a half and two."""
    return Coefficient(Normal(0, 0.5), HalfNormal(0.3), HalfNormal(0.3))


def _hurdle(positive: str, title: str, shape: object) -> Model:
    """Return a hurdle model of revenue, whose payers' mean is a few units to a few hundred."""
    prior = Prior(positive, mean_level=Coefficient(Normal(2, 2), HalfNormal(1), HalfNormal(1)), mean_effect=_effect(),
                  shape=shape, share_level=Coefficient(Normal(-2, 1.5), HalfNormal(1), HalfNormal(1)), share_effect=_effect())
    return _model(f"hurdle_{positive}", title, prior)


def hurdle_lognormal() -> Model:
    """Return the hurdle model with log-normal payers; ``shape`` is the standard deviation of their logs.

    For revenue whose typical payer brings between about 0.15 and 400 units; give another unit with
    ``with_prior(mean_level=...)``.
    """
    return _hurdle("lognormal", "Hurdle with log-normal payers", HalfNormal(2))


def hurdle_gamma() -> Model:
    """Return the hurdle model with Gamma payers; ``shape`` is the Gamma's, whose coefficient of variation is 1 / sqrt(shape)."""
    return _hurdle("gamma", "Hurdle with Gamma payers", LogNormal(0, 1))


def negative_binomial() -> Model:
    """Return the model of counts: mean m for each user, variance m + m² / ``shape``; its zeros need no hurdle."""
    level = Coefficient(Normal(-1, 1.5), HalfNormal(1), HalfNormal(1))
    prior = Prior("negative_binomial", mean_level=level, mean_effect=_effect(), shape=LogNormal(-1, 1))
    return _model("negative_binomial", "Negative-binomial counts", prior)
