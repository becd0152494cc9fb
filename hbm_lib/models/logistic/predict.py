"""The next patient: of a doctor of the data, or of one who was not seen.

The next case of a known group succeeds with probability theta = inv_logit(alpha_j + x' beta), of which the posterior
is known. A new group's alpha is drawn from Normal(mu, tau) first, so that what is not known of it is added. For
one case the probability of success is the mean of theta, which is not the inverse logit of the mean logit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import xarray as xr

from hbm_lib import arguments
from hbm_lib.data import checks
from hbm_lib.models.logistic.exact import ExactPosterior
from hbm_lib.models.logistic.integrals import groups
from hbm_lib.models.logistic.laws import Law
from hbm_lib.models.logistic.logit_mixture import LogitMixture
from hbm_lib.models.logistic.many import ManyPosterior
from hbm_lib.models.logistic.spec import Data

_HEAVY = 1e-9

Source = ExactPosterior | xr.DataTree | Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Prediction:
    """The next case of one group.

    Attributes
    ----------
    mean, sd : float
        Of its probability of success; the mean is the probability that the next case succeeds.
    find : callable or None
        What returns the law.
    """

    mean: float
    sd: float
    find: Callable[[], LogitMixture | Law] | None

    @cached_property
    def law(self) -> LogitMixture | Law:
        """The law of the probability of success, with ``cdf`` and ``quantile``."""
        if self.find is None:
            raise ValueError("law: at covariates other than 0 an exact posterior gives mean and sd of a known group; "
                             "for intervals give draws: posterior.sample(rng, 4000)")
        return self.find()

    def interval(self, level: float = 0.9) -> tuple[float, float]:
        """Return the central interval of the probability of success."""
        arguments.between_0_and_1("level", level)
        return self.law.quantile((1 - level) / 2), self.law.quantile((1 + level) / 2)


def known(source: Source, data: Data, group: str, *, covariates: Mapping[str, float] | None = None) -> Prediction:
    """Predict the next case of a group of the data.

    Parameters
    ----------
    source : ExactPosterior, DataTree or mapping of str to array
        Of ``fit_exact`` or ``fit``, or draws (N, ...) of mu, alpha and, where the model has them, tau and beta.
    data : Data
        What was fitted.
    group : str
        Its name.
    covariates : mapping of str to float, optional
        The new case's, all of them, where the model has any.

    Returns
    -------
    Prediction

    Raises
    ------
    ValueError
        If the group is not in the data (``new`` is for one who was not seen), or a covariate is missing or unknown.
    """
    _same(source, data)
    if str(group) not in data.labels:
        raise ValueError(f"group: {group!r} is not in the data; for a group that was not seen ask new()")
    j, x = data.place(group), _covariates(data, covariates)
    if isinstance(source, ExactPosterior):
        return _exact(source, j, x)
    draws = _draws(source, data)
    return _of(LogitMixture(draws["alpha"][:, j] + draws["beta"] @ x, np.zeros(len(draws["mu"])), draws["weight"]))


def new(source: Source, data: Data, *, covariates: Mapping[str, float] | None = None) -> Prediction:
    """Predict a case of a group that was not seen: its alpha is integrated over Normal(mu, tau). As ``known``.

    Of an exact posterior this is without Monte Carlo error.
    """
    _same(source, data)
    x = _covariates(data, covariates)
    if isinstance(source, ExactPosterior):
        n = source.nodes
        weight = (source.share[:, None, None] * n.weight).ravel()
        slope = n.beta * (x[0] if len(x) else 0.0)
        centre, spread = (n.mu + slope[..., None]).ravel(), np.broadcast_to(n.tau[:, None, None], n.mu.shape).ravel()
        some = np.abs(weight) > _HEAVY * np.abs(weight).max()
        return _of(LogitMixture(centre[some], spread[some], weight[some] / weight[some].sum()))
    draws = _draws(source, data)
    return _of(LogitMixture(draws["mu"] + draws["beta"] @ x, draws["tau"], draws["weight"]))


def cases(source: Source, data: Data, frame: object, *, group: str, unseen: str = "refuse") -> np.ndarray:
    """Return the probability of success of every row of a data frame.

    Parameters
    ----------
    source : DataTree or mapping of str to array, or ExactPosterior
        As in ``known``; draws are quicker where covariates take many values.
    data : Data
        What was fitted.
    frame : data frame
        New cases, one row each, with the group and the model's covariates.
    group : str
        The column of groups.
    unseen : {"refuse", "new"}
        What to do with a group that is not in the data: refuse it by name, or take it for a new one.

    Returns
    -------
    array of shape (rows,)

    Raises
    ------
    ValueError
        Naming the column, or the first group that was not seen.
    """
    if unseen not in ("refuse", "new"):
        raise ValueError(f"unseen: 'refuse' or 'new' is needed, got {unseen!r}")
    table = checks.frame(frame, [group, *data.covariates])
    place, labels = checks.groups(table[group].to_numpy(), f"column {group!r}")
    strangers = [g for g in labels if g not in data.labels]
    if strangers and unseen == "refuse":
        raise ValueError(f"column {group!r}: {strangers[0]!r} is not in the data that was fitted; for cases of groups that were "
                         "not seen write unseen='new', or leave them out")
    x = [checks.numbers(table[name].to_numpy(), f"column {name!r}") for name in data.covariates]
    numeric = {_number(g): g for g in data.labels}
    for name in strangers:
        if numeric.get(_number(name), name) != name:
            raise ValueError(f"column {group!r}: {name!r} and {numeric[_number(name)]!r} of the data that was fitted are one "
                             "number and two labels; write them alike")
    patterns, back = np.unique(np.column_stack([place, *x]), axis=0, return_inverse=True)
    given = source if isinstance(source, ExactPosterior) else _draws(source, data)
    found = []
    for code, *values in patterns:
        at, name = dict(zip(data.covariates, values, strict=True)), labels[int(code)]
        found.append((new(given, data, covariates=at) if name in strangers else known(given, data, name, covariates=at)).mean)
    return np.array(found)[back.ravel()]


def _number(label: str) -> float | str:
    """Return a label as the number that it reads as, or as it stands."""
    try:
        return float(label)
    except ValueError:
        return label


def _same(source: object, data: Data) -> None:
    """Refuse an exact posterior of other data than are given: groups would be taken by their place."""
    if not isinstance(source, ExactPosterior) or source.data is data:
        return
    fitted = source.data
    same = fitted.labels == data.labels and list(fitted.covariates) == list(data.covariates) and all(
        np.array_equal(getattr(fitted, name), getattr(data, name)) for name in ("index", "y", "trials", "x"))
    if not same:
        raise ValueError("data: this is not the data that the exact posterior is of; give posterior.data")


def _of(law: LogitMixture) -> Prediction:
    """Return a mixture with its moments."""
    return Prediction(law.mean, law.sd, lambda: law)


def _draws(source: object, data: Data) -> dict[str, np.ndarray]:
    """Return draws with one leading axis, tau 0 and beta empty where the model has none."""
    if isinstance(source, ManyPosterior):
        raise ValueError("source: of an exact posterior with several covariates give draws: posterior.sample(rng, 4000)")
    if isinstance(source, xr.DataTree):
        kept = source["posterior"].dataset.stack(sample=("chain", "draw"))
        source = {n: kept[n].transpose("sample", ...).to_numpy() for n in ("mu", "tau", "alpha", "beta") if n in kept}
    if not isinstance(source, Mapping) or not {"mu", "alpha"} <= set(source):
        raise ValueError("source: what fit or fit_exact returns, or draws (N, ...) of mu and alpha, are needed, "
                         f"got {type(source).__name__}")
    n = len(source["mu"])
    out = {"mu": source["mu"], "alpha": source["alpha"], "tau": source.get("tau", np.zeros(n)),
           "beta": source.get("beta", np.empty((n, 0))), "weight": np.full(n, 1 / n)}
    out = {name: np.asarray(v, float) for name, v in out.items()}
    wanted = {"mu": (n,), "tau": (n,), "alpha": (n, data.n_groups), "beta": (n, data.x.shape[1])}
    for name, shape in wanted.items():
        if out[name].shape != shape:
            raise ValueError(f"source: {name} must have shape {shape} for this data, got {out[name].shape}")
        if not np.isfinite(out[name]).all():
            raise ValueError(f"source: draws of {name} must be finite numbers")
    if (out["tau"] < 0).any():
        raise ValueError("source: draws of tau must be at least 0")
    return out


def _covariates(data: Data, covariates: Mapping[str, float] | None) -> np.ndarray:
    """Return the case's covariates in the order of the data, or say which is missing, unknown or no number."""
    if covariates is not None and not isinstance(covariates, Mapping):
        raise ValueError(f"covariates: a mapping of name to number is needed, got {covariates!r}")
    names, given = list(data.covariates), dict(covariates or {})
    missing, wrong = [n for n in names if n not in given], [n for n in given if n not in names]
    if missing or wrong:
        raise ValueError(f"covariates: this model has {', '.join(names) or 'none'}; "
                         + (f"missing: {', '.join(missing)}" if missing else f"not known: {', '.join(map(str, wrong))}"))
    for name, value in given.items():
        number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
        if not (number and np.isfinite(value)):
            raise ValueError(f"covariates: {name!r} must be a finite number, got {value!r}")
    return np.array([float(given[n]) for n in names])


def _exact(posterior: ExactPosterior, j: int, x: Sequence[float]) -> Prediction:
    """Predict a known group from the nodes: E[theta^m | node] is its evidence with m successes more over that without."""
    if not np.any(x):
        return Prediction(float(posterior.mean("p")[j]), float(posterior.sd("p")[j]), lambda: posterior.law("p")[j])
    n, data = posterior.nodes, posterior.data
    weight = (posterior.share[:, None, None] * n.weight).ravel()
    some = np.abs(weight) > _HEAVY * np.abs(weight).max()
    b = np.stack([n.mu.ravel(), np.broadcast_to(n.beta[..., None], n.mu.shape).ravel()], axis=1)[some]
    tau, before = np.broadcast_to(n.tau[:, None, None], n.mu.shape).ravel()[some], n.log_z[..., j].ravel()[some]
    share = weight[some] / weight[some].sum()
    own = data.index == j
    moments = []
    for more in (1, 2):
        one = object.__new__(Data)  # one group alone, which the class refuses as data for a model
        one._set(y=np.r_[data.y[own], more], trials=np.r_[data.trials[own], more], labels=(data.labels[j],),
                 group=(data.labels[j],) * (own.sum() + 1), index=np.zeros(own.sum() + 1, int),
                 covariates={name: np.r_[v[own], value] for (name, v), value in zip(data.covariates.items(), x, strict=True)})
        moments.append(float(share @ np.exp(groups(b, tau, one, posterior.rule.alpha).log_z[:, 0] - before)))
    return Prediction(moments[0], float(np.sqrt(max(moments[1] - moments[0] ** 2, 0))), None)
