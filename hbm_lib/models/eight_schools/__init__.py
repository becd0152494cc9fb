"""Eight schools: effects with known standard errors, and every model of the study."""

from hbm_lib.model import Model
from hbm_lib.models.eight_schools.baselines import (
    Heterogeneity,
    heterogeneity,
    no_pooling,
)
from hbm_lib.models.eight_schools.spec import Data, Prior, Scale, eight_schools
from hbm_lib.priors import Gamma, HalfCauchy, HalfNormal, Normal

__all__ = [
    "Data",
    "Heterogeneity",
    "Prior",
    "Scale",
    "adaptive",
    "centered",
    "complete_pooling",
    "covariate_regression",
    "eight_schools",
    "heterogeneity",
    "no_pooling",
    "noncentered",
    "posteriordb",
    "precision_regression",
    "skeptical",
    "student_t",
]

_FOLDER = "hbm_lib.models.eight_schools"
_ALL = {"exact": "exact", "gibbs": "gibbs", "pymc": "pymc_model", "numpyro": "numpyro_model"}


def _model(name: str, title: str, prior: Prior, form: str = "noncentered") -> Model:
    """Put a model of the family together: its variables follow from its priors."""
    dims: dict[str, tuple[str, ...]] = {"mu": ()}
    if prior.beta is not None:
        dims["beta"] = ("covariate",)
    if prior.tau is not None:
        dims["tau"] = ()
    if prior.nu is not None:
        dims["nu"] = ()
    dims |= dict.fromkeys(prior.derived, ())
    dims["theta"] = ("school",)
    engines, cannot = dict(_ALL), {}
    if prior.nu is not None:
        del engines["exact"]
        engines["gibbs"] = "gibbs_student"
        cannot["exact"] = "with Student-t errors theta does not integrate out by algebra"
    return Model(f"eight_schools.{name}", title, _FOLDER, prior, form, dims, engines, cannot)


def noncentered() -> Model:
    """Return model 1: mu ~ N(0, 20), tau ~ half-Cauchy(10), theta = mu + tau eta."""
    return _model("noncentered", "Model 1, non-centered", Prior(Normal(0, 20), HalfCauchy(10)))


def centered() -> Model:
    """Return model 1 in the centered form: theta sampled directly."""
    return _model("centered", "Model 1, centered", Prior(Normal(0, 20), HalfCauchy(10)), "centered")


def skeptical() -> Model:
    """Return model 2: mu ~ N(8, 5), tau ~ half-normal(5)."""
    return _model("skeptical", "Model 2, skeptical", Prior(Normal(8, 5), HalfNormal(5)))


def adaptive(switch: str = "sigmoid", *, threshold: float = 3.0, pooled: float = 4.0) -> Model:
    """Return model 3: model 1 with tau replaced by a rescaled tau below a threshold.

    ``switch`` is ``"sigmoid"`` or ``"hard"``. It is another prior on the spread
    of the effects, not another parameterization of model 1.
    """
    if switch not in ("sigmoid", "hard"):
        raise ValueError(f"switch: 'sigmoid' or 'hard' is needed, got {switch!r}")
    prior = Prior(Normal(0, 20), HalfCauchy(10), scale=Scale(switch, threshold, pooled))
    return _model(f"adaptive_{switch}", f"Model 3, adaptive ({switch})", prior)


def complete_pooling() -> Model:
    """Return alternative A: one effect for all groups, mu ~ N(0, 20)."""
    return _model("complete_pooling", "A, complete pooling", Prior(Normal(0, 20), None))


def student_t() -> Model:
    """Return alternative B: Student-t errors with nu ~ Gamma(2, 0.1)."""
    return _model("student_t", "B, Student-t errors", Prior(Normal(0, 20), HalfCauchy(10), nu=Gamma(2, 0.1)))


def precision_regression() -> Model:
    """Return alternative C: theta_j = mu + beta x_j with x_j the standardized 1/sigma_j².

    Takes data prepared with ``data.with_precision()``. beta ~ N(0, 10) is in
    points per standard deviation of the precision.
    """
    return _model("precision_regression", "C, regression on precision",
                  Prior(Normal(0, 20), None, beta=Normal(0, 10)))


def covariate_regression() -> Model:
    """Return alternative D: theta_j ~ N(mu + x_j' beta, tau), groups that are not exchangeable."""
    return _model("covariate_regression", "D, covariates",
                  Prior(Normal(0, 20), HalfCauchy(10), beta=Normal(0, 10)))


def posteriordb() -> Model:
    """Return the priors of posteriordb's reference posterior: mu ~ N(0, 5), tau ~ half-Cauchy(5)."""
    return _model("posteriordb", "posteriordb's priors", Prior(Normal(0, 5), HalfCauchy(5)))
