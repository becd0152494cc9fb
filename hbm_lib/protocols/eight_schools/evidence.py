"""Everything the plan's criteria look at, computed once."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib import fit
from hbm_lib.diagnostics import predictive
from hbm_lib.model import Model
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact as es_exact
from hbm_lib.priors import HalfNormal
from hbm_lib.protocols.eight_schools.runs import Run, measure
from hbm_lib.protocols.eight_schools.summary import Summary, summarise

SEED = 1981
THRESHOLDS = (1.0, 2.0, 3.0, 4.0, 5.0, 10.0)
SKEPTICISM = (2.0, 5.0, 10.0)
THREE = ("model1", "model2", "model3")
REPLICATES = 1000


def models() -> dict[str, Model]:
    """Return the models of the plan; model 3 is the code's sigmoid, ``model3_hard`` the formula's switch."""
    return {
        "model1": es.noncentered(),
        "model2": es.skeptical(),
        "model3": es.adaptive("sigmoid"),
        "model3_hard": es.adaptive("hard"),
    }


@dataclass(frozen=True)
class Drawn:
    """What is computed from independent draws of one exact posterior.

    Attributes
    ----------
    ppc : pandas.DataFrame
        Test statistics of 1,000 replicates against the data.
    coverage : float
        Share of y inside the replicates' 95 % intervals.
    prior_in_range : float
        Share of prior predictive values within [-50, 50].
    loo : Loo
        PSIS with Pareto k, exact values beside it.
    waic : Waic
        With its penalty.
    """

    ppc: pd.DataFrame
    coverage: float
    prior_in_range: float
    loo: predictive.Loo
    waic: predictive.Waic


@dataclass(frozen=True)
class Evidence:
    """All fits the plan needs, as numbers.

    Attributes
    ----------
    data : Data
        The groups.
    classical : Heterogeneity
        Q, I², tau², pooled mean and its standard error.
    fits : mapping of str to Summary
        ``model1``, ``model2``, ``model3``, ``model3_hard``.
    pooled_elpd, pooled_log_evidence : array of shape (J,), float
        Of complete pooling, the standing alternative.
    drawn : mapping of str to Drawn
        The same keys as ``fits``.
    runs : mapping of str to tuple of Run
        For each model, and ``centered``, one entry an engine.
    thresholds : mapping of (str, float) to Summary
        Model 3 for each switch and threshold.
    skepticism : mapping of float to Summary
        Model 2 for each scale of its half-normal prior.
    """

    data: es.Data
    classical: es.Heterogeneity
    fits: dict[str, Summary]
    pooled_elpd: np.ndarray
    pooled_log_evidence: float
    drawn: dict[str, Drawn]
    runs: dict[str, tuple[Run, ...]]
    thresholds: dict[tuple[str, float], Summary]
    skepticism: dict[float, Summary]


def draw(model: Model, data: es.Data, seed: int, elpd: np.ndarray) -> Drawn:
    """Draw from one exact posterior and check replicates, LOO and WAIC."""
    tree = fit(
        model,
        data,
        engine="exact",
        seed=seed,
        groups=("prior_predictive", "posterior_predictive", "log_likelihood"),
    )
    flat = lambda group: tree[group]["y"].values.reshape(-1, data.n_groups)  # noqa: E731
    replicates = flat("posterior_predictive")[:REPLICATES]
    return Drawn(
        ppc=predictive.ppc(replicates, data.y),
        coverage=predictive.coverage_draws(replicates, data.y).share,
        prior_in_range=predictive.range_check(flat("prior_predictive"), -50, 50)["values"],
        loo=predictive.loo(tree, elpd),
        waic=predictive.waic(flat("log_likelihood")),
    )


def gather(
    data: es.Data | None = None,
    *,
    seed: int = SEED,
    engines: tuple[str, ...] = ("pymc",),
    runs: int = 8,
    draws: int = 1000,
    tune: int = 1000,
) -> Evidence:
    """Compute all the evidence.

    Parameters
    ----------
    data : Data, optional
        Rubin's eight schools when absent.
    seed : int
        The one seed of the study.
    engines : tuple of str
        Which NUTS to run for the computational criteria; empty for none.
        On two cores ``pymc`` takes about 25 s for all five models, ``numpyro``
        twice that.
    runs, draws, tune : int
        Independent runs of four chains per model, and their size.

    Returns
    -------
    Evidence
    """
    data = es.eight_schools() if data is None else data
    named = models()
    fits = {k: summarise(m, data) for k, m in named.items()}
    pooled = es.complete_pooling()
    sampled = {**named, "centered": es.centered()}
    return Evidence(
        data=data,
        classical=es.heterogeneity(data),
        fits=fits,
        pooled_elpd=es_exact.leave_one_out(pooled, data),
        pooled_log_evidence=es_exact.posterior(pooled, data).log_evidence,
        drawn={k: draw(m, data, seed, fits[k].elpd) for k, m in named.items()},
        runs={
            k: tuple(measure(m, data, engine=e, seed=seed, runs=runs, draws=draws, tune=tune)[0] for e in engines)
            for k, m in sampled.items()
        },
        thresholds={
            (switch, t): summarise(es.adaptive(switch, threshold=t), data) for switch in ("sigmoid", "hard") for t in THRESHOLDS
        },
        skepticism={s: summarise(es.skeptical().with_prior(tau=HalfNormal(s)), data) for s in SKEPTICISM},
    )
