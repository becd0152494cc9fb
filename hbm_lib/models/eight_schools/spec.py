"""Eight schools: the data, the priors and the map from tau to the spread of effects.

Groups j = 1..J report an effect y_j with a known standard error sigma_j. The
family of models is

    y_j | theta_j     ~ Normal(theta_j, sigma_j)
    theta_j | mu, tau ~ Normal(mu + x_j' beta, s(tau))

with s(tau) = tau unless a model says otherwise. Rubin (1981), "Estimation in
parallel randomized experiments", Journal of Educational Statistics 6, 377-401.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from hbm_lib import arguments
from hbm_lib.data import checks, door
from hbm_lib.priors import Dist


@dataclass(frozen=True)
class Data:
    """Effects with known standard errors, one row a group.

    Parameters
    ----------
    y : array of shape (J,)
        Estimated effects, in the units of the outcome.
    sigma : array of shape (J,)
        Their standard errors, same units, above 0.
    labels : sequence of str, optional
        Names of the groups; numbered from 0 when absent.
    covariates : mapping of str to array of shape (J,), optional
        What is known of each group beforehand.

    Raises
    ------
    ValueError
        If there are fewer than two groups, lengths differ, a value is not a
        finite number, a standard error is not above 0 or a label is repeated.
    """

    y: np.ndarray
    sigma: np.ndarray
    labels: Sequence[str] | None = None
    covariates: dict[str, np.ndarray] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every column at the door."""
        y = checks.numbers(self.y, "y")
        sigma = checks.numbers(self.sigma, "sigma", positive=True)
        rows = checks.equal_lengths({"y": y, "sigma": sigma})
        if rows < 2:
            raise ValueError(f"y: at least two groups are needed to learn how groups differ, got {rows}")
        if not isinstance(self.covariates, Mapping):
            raise ValueError(f"covariates: a mapping of name to column is needed, got {self.covariates!r}")
        columns = {str(k): checks.numbers(v, f"covariate {k!r}") for k, v in self.covariates.items()}
        checks.equal_lengths({"y": y} | {f"covariate {k!r}": v for k, v in columns.items()})
        object.__setattr__(self, "y", y)
        object.__setattr__(self, "sigma", sigma)
        object.__setattr__(self, "labels", checks.labels(self.labels, rows, "labels"))
        object.__setattr__(self, "covariates", columns)
        if np.linalg.matrix_rank(self.design) < self.design.shape[1]:
            raise ValueError("covariates: the columns (with the intercept) are linearly dependent; drop one")

    @classmethod
    def from_frame(
        cls, frame: object, *, y: str, sigma: str, label: str | None = None, covariates: Sequence[str] = ()
    ) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the
            error names the frame's column.
        """
        if isinstance(covariates, str):
            raise ValueError(f"covariates: a list of column names is needed, got {covariates!r}; write [{covariates!r}]")
        table = checks.frame(frame, [y, sigma, *([] if label is None else [label]), *covariates])
        read = lambda name: table.get_column(name).to_list()  # noqa: E731
        effects = checks.numbers(read(y), f"column {y!r}")
        errors = checks.numbers(read(sigma), f"column {sigma!r}", positive=True)
        known = {name: checks.numbers(read(name), f"column {name!r}") for name in covariates}
        named = None if label is None else checks.labels(read(label), len(table), f"column {label!r}")
        return cls(effects, errors, named, known)

    @property
    def n_groups(self) -> int:
        """The number of groups J."""
        return len(self.sigma)

    @cached_property
    def design(self) -> np.ndarray:
        """The matrix of intercept and covariates, shape (J, 1 + P)."""
        return np.column_stack([np.ones(len(self.sigma)), *self.covariates.values()])

    def coords(self) -> dict[str, Sequence[str]]:
        """Return the labels of each dimension."""
        return {"school": list(self.labels), "covariate": list(self.covariates)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labeled dimensions of what is observed and what is given."""
        return {"y": ("school",), "sigma": ("school",), "x": ("school", "covariate")}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        extra = {"x": np.column_stack(list(self.covariates.values()))} if self.covariates else {}
        return {"sigma": self.sigma} | extra

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same groups with many data sets at once, ``y`` of shape (R, J).

        Samplers advance the R data sets in one sweep; for calibration only.
        """
        if y.ndim != 2 or y.shape[1] != self.n_groups:
            raise ValueError(f"y: shape (data sets, {self.n_groups}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name in ("sigma", "labels", "covariates"):
            object.__setattr__(copy, name, getattr(self, name))
        object.__setattr__(copy, "y", y)
        return copy

    def without(self, row: int) -> "Data":
        """Return the data with one group left out, even if one group or a constant covariate is left.

        Raises
        ------
        ValueError
            If there is no such row.
        """
        if not arguments.is_whole(row) or not 0 <= row < self.n_groups:
            raise ValueError(f"row: from 0 to {self.n_groups - 1}, got {row!r}")
        keep = [i for i in range(self.n_groups) if i != row]
        copy = object.__new__(Data)
        object.__setattr__(copy, "y", self.y[keep])
        object.__setattr__(copy, "sigma", self.sigma[keep])
        object.__setattr__(copy, "labels", tuple(self.labels[i] for i in keep))
        object.__setattr__(copy, "covariates", {k: v[keep] for k, v in self.covariates.items()})
        return copy

    def with_precision(self) -> "Data":
        """Return the data with each group's standardized precision 1/sigma² as covariate."""
        precision = self.sigma**-2.0
        spread = precision.std()
        if spread == 0:
            raise ValueError("sigma: all standard errors are equal, so precision cannot be a covariate")
        return replace(self, covariates=self.covariates | {"precision": (precision - precision.mean()) / spread})


def eight_schools() -> Data:
    """Return Rubin's eight coaching experiments: SAT points gained, and standard errors.

    Rubin (1981), Table 1, "Estimated treatment effect" and "Standard error".
    """
    return Data(
        [28, 8, -3, 7, -1, 1, 18, 12], [15, 10, 16, 11, 9, 11, 10, 18], list("ABCDEFGH")
    )


@dataclass(frozen=True)
class Scale:
    """The map from tau to the standard deviation s(tau) of the effects.

    Parameters
    ----------
    kind : {"identity", "hard", "sigmoid"}
        ``identity``: s = tau. ``hard``: s = tau above the threshold and
        ``pooled * tau / threshold`` at or below it. ``sigmoid``: the same two
        mixed with weight ``1 / (1 + exp(-steepness * (tau - threshold)))``.
    threshold, pooled, steepness : float
        In the units of y, y and 1/y.
    """

    kind: str = "identity"
    threshold: float = 3.0
    pooled: float = 4.0
    steepness: float = 2.0

    def __post_init__(self) -> None:
        """Check the kind and the constants."""
        if self.kind not in ("identity", "hard", "sigmoid"):
            raise ValueError(f"kind: 'identity', 'hard' or 'sigmoid' is needed, got {self.kind!r}")
        for name in ("threshold", "pooled", "steepness"):
            if not getattr(self, name) > 0:
                raise ValueError(f"{name}: must be above 0, got {getattr(self, name)!r}")

    def __call__(self, tau: object, where: Callable = np.where, exp: Callable = np.exp) -> object:
        """Return s(tau); ``where`` and ``exp`` come from the library that owns ``tau``."""
        if self.kind == "identity":
            return tau
        small = self.pooled * tau / self.threshold
        if self.kind == "hard":
            return where(tau > self.threshold, tau, small)
        weight = 1 / (1 + exp(-self.steepness * (tau - self.threshold)))
        return weight * tau + (1 - weight) * small

    @property
    def breaks(self) -> tuple[float, ...]:
        """Where s(tau) jumps: quadrature must not step over it."""
        return (self.threshold,) if self.kind == "hard" else ()


@dataclass(frozen=True)
class Prior:
    """The priors of one model of the family.

    Parameters
    ----------
    mu : Dist
        Of the mean effect.
    tau : Dist or None
        Of the between-group scale; None fixes it at 0 (complete pooling).
    beta : Dist or None
        Of each covariate's coefficient.
    scale : Scale
        The map s(tau).
    nu : Dist or None
        Of the degrees of freedom when the errors are Student-t; None for normal.
    """

    mu: Dist
    tau: Dist | None
    beta: Dist | None = None
    scale: Scale = Scale()
    nu: Dist | None = None

    @property
    def derived(self) -> tuple[str, ...]:
        """Names of the functions of tau that the result holds: theta_sd = s(tau) where it is not tau itself."""
        return () if self.tau is None or self.scale.kind == "identity" else ("theta_sd",)

    def __repr__(self) -> str:
        """Return the priors that the model has; what is absent is not named."""
        said = [f"{name}={value}" for name in ("mu", "beta", "tau", "nu") if (value := getattr(self, name)) is not None]
        said += ["tau=0"] if self.tau is None else []
        said += [] if self.scale.kind == "identity" else [f"scale={self.scale}"]
        return f"Prior({', '.join(said)})"

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        door.distributions(self, ("mu", "tau", "beta", "nu"), optional=("tau", "beta", "nu"), positive=("tau", "nu"))
        if not isinstance(self.scale, Scale):
            raise ValueError(f"scale: an eight_schools.Scale is needed, got {self.scale!r}")


def check(prior: Prior, data: object) -> None:
    """Refuse data that does not fit the model, before any sampling.

    Raises
    ------
    ValueError
        If the data is of another kind, or only one of model and data has covariates.
    """
    door.one_data_set(data, Data)
    door.covariates(prior, data, "give covariates={...} or use data.with_precision()")
