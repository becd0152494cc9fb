"""Slopes: every group has its own line; with time as the covariate, growth."""

from hbm_lib.model import Model
from hbm_lib.models.slopes.spec import Data, Prior
from hbm_lib.priors import HalfNormal, Normal

__all__ = ["Data", "Prior", "growth", "slopes"]


def _model(name: str, title: str, prior: Prior, form: str) -> Model:
    """Put a model of the family together."""
    scalars = ("mu", "beta", "tau_intercept", "tau_slope", "rho", "sigma")
    return Model(
        f"slopes.{name}", title, "hbm_lib.models.slopes", prior, form,
        dims=dict.fromkeys(scalars, ()) | {"a": ("group",), "b": ("group",)},
        engines={"gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"},
        cannot={"exact": "it has three scales and a correlation, and quadrature here goes over two"},
    )


def slopes() -> Model:
    """Return the model for outcomes and covariates in standard deviations.

    mu, beta ~ N(0, 1); tau_intercept, tau_slope, sigma ~ half-normal(1); rho ~ LKJ(2).
    """
    unit = HalfNormal(1)
    return _model("slopes", "School-specific slopes", Prior(Normal(0, 1), Normal(0, 1), unit, unit, unit), "noncentered")


def growth() -> Model:
    """Return the model for school averages by year in logits, the unit of ``growth_data.school_years``.

    mu ~ N(0, 2) logits; beta ~ N(0, 1) logits a year; tau_intercept, sigma ~ half-normal(1) logits;
    tau_slope ~ half-normal(0.5) logits a year; rho ~ LKJ(2).
    """
    prior = Prior(Normal(0, 2), Normal(0, 1), HalfNormal(1), HalfNormal(0.5), HalfNormal(1))
    return _model("growth", "Growth", prior, "noncentered")
