"""The priors of skewed outcomes, and which data fits which model.

For creator i of genre g(i), arm a = 0 (control) or 1 (treatment), each coefficient c of ``Prior.coefficients`` is

    c_i      ~ Normal(c_genre[g(i)], c_sigma_creator)
    c_genre  ~ Normal(c_mu, c_sigma_genre)

and for users u of the arm, with logit p = share_level + a share_effect and log m = mean_level + a mean_effect,

    hurdle              P(x_u > 0) = p;  x_u | x_u > 0 has mean m and ``shape``
    negative binomial   x_u has mean m and variance m + m² / shape
"""

from dataclasses import dataclass, fields

from hbm_lib.data import door
from hbm_lib.models.skewed.cells import Counts, Data
from hbm_lib.priors import Dist

POSITIVE = ("lognormal", "gamma", "negative_binomial")

__all__ = ["POSITIVE", "Coefficient", "Counts", "Data", "Prior", "check"]


@dataclass(frozen=True)
class Coefficient:
    """The prior of one coefficient at its three levels.

    Parameters
    ----------
    mu : Dist
        Of the platform's mean, on the logit or log scale.
    sigma_genre, sigma_creator : Dist
        Of the standard deviations between genres, and between creators of a genre.
    """

    mu: Dist
    sigma_genre: Dist
    sigma_creator: Dist

    def __repr__(self) -> str:
        """Return the three priors."""
        return f"({', '.join(str(getattr(self, f.name)) for f in fields(self))})"

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        door.distributions(self, ("mu", "sigma_genre", "sigma_creator"), positive=("sigma_genre", "sigma_creator"))


@dataclass(frozen=True)
class Prior:
    """The priors of one model of the family.

    Parameters
    ----------
    positive : str
        The density about the mean: "lognormal" or "gamma" (of payers, behind a hurdle) or "negative_binomial" (of all users).
    mean_level, mean_effect : Coefficient
        Of the log of the control arm's mean, and of treatment's log ratio.
    shape : Dist
        Standard deviation of payers' logs, Gamma shape, or negative-binomial size; one for the platform.
    share_level, share_effect : Coefficient or None
        Of the logit of the control arm's share of payers, and of treatment's log odds ratio; None without a hurdle.
    """

    positive: str
    mean_level: Coefficient
    mean_effect: Coefficient
    shape: Dist
    share_level: Coefficient | None = None
    share_effect: Coefficient | None = None

    @property
    def hurdle(self) -> bool:
        """Whether zeros have a probability of their own."""
        return self.positive != "negative_binomial"

    @property
    def coefficients(self) -> tuple[str, ...]:
        """The names of the coefficients that the model has."""
        return ("share_level", "share_effect", "mean_level", "mean_effect") if self.hurdle else ("mean_level", "mean_effect")

    def __repr__(self) -> str:
        """Return the priors that the model has."""
        return f"Prior({self.positive}, {', '.join(f'{n}={getattr(self, n)}' for n in (*self.coefficients, 'shape'))})"

    def __post_init__(self) -> None:
        """Refuse priors that do not make one of the models."""
        if self.positive not in POSITIVE:
            raise ValueError(f"positive: one of {', '.join(POSITIVE)} is needed, got {self.positive!r}")
        for name in ("share_level", "share_effect", "mean_level", "mean_effect"):
            value = getattr(self, name)
            if name in self.coefficients and not isinstance(value, Coefficient):
                raise ValueError(f"{name}: a skewed.Coefficient is needed, got {value!r}")
            if name not in self.coefficients and value is not None:
                raise ValueError(f"{name}: {self.positive} has no hurdle; leave it out")
        door.distributions(self, ("shape",), positive=("shape",))


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any sampling.

    Raises
    ------
    ValueError
        If the data is of another kind, or nobody paid at all.
    """
    kind, made = (Data, "revenue") if prior.hurdle else (Counts, "whole numbers")
    if not isinstance(data, kind):
        raise ValueError(f"data: a skewed.{kind.__name__} of {made} is needed for {prior.positive}, got {type(data).__name__}")
    if not data.y.any():
        raise ValueError("data: every outcome is 0; there is nothing to tell effects from")
