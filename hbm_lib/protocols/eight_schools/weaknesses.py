"""The weaknesses the plan admits of each model, each looked into."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact
from hbm_lib.protocols.eight_schools.evidence import Evidence, models
from hbm_lib.protocols.eight_schools.stress_tests import overlay


@dataclass(frozen=True)
class Weakness:
    """One admitted weakness and what it comes to on this data.

    Attributes
    ----------
    model, worry, finding : str
        Whose, what, and the figure.
    real : bool
        Whether it shows.
    value : float
        The figure.
    """

    model: str
    worry: str
    finding: str
    real: bool
    value: float


def model1(evidence: Evidence) -> list[Weakness]:
    """Return model 1's four."""
    data, fit, named = evidence.data, evidence.fits["model1"], models()["model1"]
    post = exact.posterior(named, data)
    before, after = 1 - float(named.prior.tau.cdf(20)), 1 - float(post.cdf("tau", 20))
    cost = float(evidence.pooled_elpd.sum() - fit.elpd.sum())
    wider = exact.posterior(named, es.Data(data.y, 1.2 * data.sigma, data.labels))
    change = float((wider.sd("theta") / fit.theta_sd).max() - 1)
    slope = exact.posterior(es.covariate_regression(), data.with_precision()).law("beta", 0)
    away = abs(slope.mean) / slope.sd
    return [
        Weakness(
            "Model 1",
            "the half-Cauchy's tail survives the data",
            f"P(tau > 20) is {100 * before:.0f} % before and {100 * after:.1f} % after the data",
            after > 0.05,
            after,
        ),
        Weakness(
            "Model 1",
            "no protection when tau is 0",
            f"against complete pooling it loses {cost:.2f} in leave-one-out score",
            cost > 5,
            cost,
        ),
        Weakness(
            "Model 1",
            "errors in sigma are ignored",
            f"20 % larger standard errors widen an effect by at most {100 * change:.0f} %",
            change > 0.2,
            change,
        ),
        Weakness(
            "Model 1",
            "schools are taken as exchangeable",
            f"the slope on precision, the only thing known of them, is {away:.1f} sds from 0",
            away > 2,
            away,
        ),
    ]


def model2(evidence: Evidence) -> list[Weakness]:
    """Return model 2's four."""
    fit, fits = evidence.fits["model2"], list(evidence.skepticism.values())
    ratio = max(f.tau_median for f in fits) / min(f.tau_median for f in fits)
    data, named = evidence.data, models()
    wide = {k: exact.posterior(named[k], _spread_out(data)).mean("tau") for k in ("model1", "model2")}
    centred = exact.posterior(named["model2"].with_prior(mu=es.noncentered().prior.mu), data)
    moved = abs(centred.mean("mu") - fit.mu)
    gap = fit.log_evidence - centred.log_evidence
    return [
        Weakness(
            "Model 2",
            "the prior is too strong for eight schools",
            f"half-normal scales 2 to 10 move tau's median by a factor of {ratio:.1f}",
            ratio > 2,
            ratio,
        ),
        Weakness(
            "Model 2",
            "the light tail hides real heterogeneity",
            f"with effects spread three times as far E[tau] is {wide['model2']:.1f}, model 1's {wide['model1']:.1f}",
            wide["model2"] < 0.8 * wide["model1"],
            float(wide["model2"] / wide["model1"]),
        ),
        Weakness(
            "Model 2",
            "the prior mean of mu comes from the data",
            f"with N(0, 20) instead E[mu] moves by {moved:.2f}, and log p(y) loses {gap:.2f} that was bought by looking",
            gap > 1,
            gap,
        ),
        Weakness(
            "Model 2",
            "Q's verdict hides a spread that the model then rules out",
            f"Q's p-value of {evidence.classical.p_value:.2f} leaves tau up to {fit.tau_interval[1]:.0f} open",
            fit.tau_interval[1] > 5,
            fit.tau_interval[1],
        ),
    ]


def _spread_out(data: es.Data) -> es.Data:
    """Return the data with every effect three times as far from the pooled mean."""
    centre = es.heterogeneity(data).pooled
    return es.Data(centre + 3 * (data.y - centre), data.sigma, data.labels)


def model3(evidence: Evidence) -> list[Weakness]:
    """Return model 3's five."""
    three, one = evidence.fits["model3"], evidence.fits["model1"]
    apart = overlay(evidence)
    gained = three.log_evidence - one.log_evidence
    bias = three.spread - one.spread
    worst = max(apart[t][1] for t in (2.0, 5.0))
    failing = float(np.mean([r.divergence_rate for r in evidence.runs["model1"]] or [0.0]))
    return [
        Weakness(
            "Model 3",
            "more complex without reason",
            f"two more constants, and log p(y) changes by {gained:+.3f}",
            gained < 1,
            gained,
        ),
        Weakness(
            "Model 3",
            "the threshold is arbitrary",
            f"2 or 5 in place of 3 moves the law of the effects' spread by up to {worst:.2f} in probability",
            worst > 0.1,
            worst,
        ),
        Weakness(
            "Model 3",
            "unexpected behavior",
            f"with the hard switch tau's density jumps by {100 * (evidence.fits['model3_hard'].jump - 1):.0f} % at the threshold",
            evidence.fits["model3_hard"].jump > 1.05,
            evidence.fits["model3_hard"].jump,
        ),
        Weakness(
            "Model 3",
            "the rescaling biases the posterior",
            f"the mean spread of the effects rises by {bias:.2f} points ({100 * bias / one.spread:.0f} %)",
            abs(bias) > 0.02 * one.spread,
            bias,
        ),
        Weakness(
            "Model 3",
            "more than this problem needs",
            "model 1 samples without trouble" if failing < 0.001 else "model 1 has trouble",
            failing < 0.001,
            failing,
        ),
    ]


def all_weaknesses(evidence: Evidence) -> list[Weakness]:
    """Return the thirteen."""
    return [*model1(evidence), *model2(evidence), *model3(evidence)]


def table(found: list[Weakness]) -> pd.DataFrame:
    """Return the weaknesses as a table of words."""
    return pd.DataFrame(
        {
            "model": [w.model for w in found],
            "worry": [w.worry for w in found],
            "found": [w.finding for w in found],
            "shows": ["yes" if w.real else "no" for w in found],
        }
    )
