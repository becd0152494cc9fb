"""Every numeric expectation of the plan, held against what came out."""

import numpy as np

from hbm_lib.protocols.eight_schools import criteria_model3 as three
from hbm_lib.protocols.eight_schools.decisions import loo_lead
from hbm_lib.protocols.eight_schools.evidence import THREE, Evidence, models
from hbm_lib.protocols.eight_schools.prediction import PARTLY, RIGHT, WRONG, Prediction, graded, table, tally, within
from hbm_lib.protocols.eight_schools.predictions_by_model import interval, model1, model2, model3
from hbm_lib.protocols.eight_schools.summary import Summary

__all__ = ["all_predictions", "data_and_priors", "model1", "model2", "model3", "overall", "table", "tally"]


def data_and_priors(evidence: Evidence) -> list[Prediction]:
    """Return what the plan says of the data and of its priors before any fit."""
    y, c, named = evidence.data.y, evidence.classical, models()
    normal, cauchy, half = named["model1"].prior.mu, named["model1"].prior.tau, named["model2"].prior.tau
    inside = float(normal.cdf(40) - normal.cdf(-40))
    p_cauchy, p_half = float(cauchy.cdf(5)), float(half.cdf(5))
    classical = (c.tau_squared == 0, c.i_squared == 0, round(c.p_value, 3) == 0.696)
    share = {k: 100 * evidence.drawn[k].prior_in_range for k in THREE}
    spread = max(share.values()) - min(share.values())
    return [
        Prediction(
            "data",
            "heterogeneity",
            "tau² = 0, I² = 0, p = 0.696",
            f"tau² = {c.tau_squared:g}, I² = {c.i_squared:g}, p = {c.p_value:.3f}",
            graded(*classical),
            c.p_value,
        ),
        Prediction(
            "data",
            "sd and range of the effects",
            "10.4, from -3 to 28",
            f"{y.std(ddof=1):.1f}, from {y.min():g} to {y.max():g}",
            graded(round(y.std(ddof=1), 1) == 10.4, y.min() == -3, y.max() == 28),
            float(y.std(ddof=1)),
        ),
        _rounded("pooled estimate and standard error", (7.69, c.pooled), (4.07, c.pooled_se)),
        _rounded("variance of y over the mean sampling variance", (0.66, c.variance_ratio)),
        Prediction(
            "priors",
            "N(0, 20) covers [-40, 40] at two sds",
            "about 95 %",
            f"{100 * inside:.1f} %",
            graded(inside > 0.95),
            inside,
        ),
        _below_five("half-normal(5)", 68, p_half),
        _below_five("half-Cauchy(10)", 50, p_cauchy),
        Prediction(
            "priors",
            "prior predictive effects within [-50, 50]",
            "plausible under every prior",
            ", ".join(f"{k}: {v:.0f} %" for k, v in share.items()),
            RIGHT if min(share.values()) >= 95 else PARTLY if max(share.values()) >= 95 else WRONG,
            spread,
        ),
    ]


def _rounded(what: str, *pairs: tuple[float, float]) -> Prediction:
    """Hold figures of the data against those the plan gives, pairs of (predicted, found), to two decimals."""
    named, found = zip(*pairs, strict=True)
    said = [" and ".join(f"{v:.2f}" for v in values) for values in (named, found)]
    return Prediction("data", what, *said, graded(*(round(v, 2) == n for n, v in zip(named, found, strict=True))), found[0])


def _below_five(prior: str, percent: int, p: float) -> Prediction:
    """Hold the prior probability of tau < 5 against the whole percentage the plan gives."""
    verdict = graded(round(100 * p) == percent)
    return Prediction("priors", f"P(tau < 5), {prior}", f"{percent} %", f"{100 * p:.1f} %", verdict, p)


def _seconds(topic: str, what: str, predicted: str, seconds: float) -> Prediction:
    """Hold a sampling time against a prediction of half a minute or more."""
    short = seconds < 30
    said = "less than 30 seconds" if short else "30 seconds or more"
    return Prediction(topic, what, predicted, said, WRONG if short else RIGHT, seconds, True)


def overall(evidence: Evidence) -> list[Prediction]:
    """Return the expectations that cover all three models."""
    fits, topic = [evidence.fits[k] for k in THREE], "all models"
    runs = [r for k in THREE for r in evidence.runs[k]]
    seconds, rhat = max(r.seconds for r in runs), max(float(np.mean(r.rhat)) for r in runs)
    least = min(float(np.mean(r.ess_least)) for r in runs)
    rate = max(r.divergence_rate for r in runs)
    converged = (rate < 0.001, rhat < 1.01, least > 400)
    means, sds = np.array([f.mu for f in fits]), np.array([f.mu_sd for f in fits])
    near = (bool(np.all(np.abs(means - 7.7) < 0.5)), bool(np.all(np.abs(sds - 4.0) < 0.5)))
    share = np.concatenate([100 * f.shrinkage for f in fits])
    lead = max(f.elpd.sum() for f in fits) - min(f.elpd.sum() for f in fits)
    one, two, sigmoid = fits
    gains = three.no_advantage(evidence).fires
    return [
        Prediction(
            topic,
            "convergence",
            "R-hat below 1.01, ESS above 400, no divergence",
            "so in every engine" if all(converged) else "not all of it",
            graded(*converged),
            rhat,
            True,
        ),
        _seconds(topic, "sampling time of models 1 and 2", "30 to 60 seconds", seconds),
        _seconds(topic, "sampling time of model 3", "45 to 90 seconds, half as much again", seconds),
        Prediction(
            topic,
            "mu",
            "N(7.7, 4.0), nearly identical",
            f"means {means.min():.2f} to {means.max():.2f}, sds {sds.min():.2f} to {sds.max():.2f}",
            graded(*near),
            float(means.max()),
        ),
        within("Model 1, summary", "median of tau", 3, 5, one.tau_median),
        interval("Model 1, summary", "95 % interval of tau", 12, one),
        within("Model 2, summary", "median of tau", 2, 3, two.tau_median),
        interval("Model 2, summary", "95 % interval of tau", 8, two),
        Prediction(
            "Model 3, summary",
            "tau",
            "like model 1's, but tighter, with more effective draws",
            f"median {sigmoid.tau_median:.2f} against {one.tau_median:.2f}, sd {sigmoid.tau_sd:.2f} against "
            f"{one.tau_sd:.2f}; " + ("no gain in effective draws shown" if gains else "more effective draws"),
            graded(abs(sigmoid.tau_median / one.tau_median - 1) < 0.1, sigmoid.tau_sd < one.tau_sd, not gains),
            sigmoid.tau_median,
            True,
        ),
        within(topic, "shrinkage of the effects", 70, 90, share, digits=0, unit=" %"),
        Prediction(
            topic,
            "predictive checks",
            "all pass",
            f"coverage {100 * min(f.coverage for f in fits):.0f} % at least",
            graded(all(f.coverage >= 0.9 for f in fits)),
            min(f.coverage for f in fits),
        ),
        Prediction(
            topic,
            "differences of the leave-one-out score",
            "below 3",
            f"{lead:.2f} at most",
            graded(lead < 3),
            float(lead),
        ),
        Prediction(
            topic,
            "the models agree, but for the width of tau",
            "yes",
            f"effects differ by {_apart(fits):.1f} points at most, tau's interval ends at "
            f"{two.tau_interval[1]:.1f} to {sigmoid.tau_interval[1]:.1f}",
            graded(_apart(fits) < 1.5),
            _apart(fits),
        ),
        Prediction(
            topic,
            "leave-one-out if the data are homogeneous",
            "model 2 better than model 1",
            f"it leads by {loo_lead(evidence):.2f}, {abs(loo_lead(evidence)) / 5:.2f} of what the plan calls substantial",
            PARTLY if 0 < loo_lead(evidence) <= 5 else graded(loo_lead(evidence) > 5),
            loo_lead(evidence),
        ),
    ]


def _apart(fits: list[Summary]) -> float:
    """Return the largest difference of an effect's posterior mean between models."""
    return float(np.ptp([f.theta for f in fits], axis=0).max())


def all_predictions(evidence: Evidence) -> list[Prediction]:
    """Return every prediction, in the plan's order."""
    return [
        *data_and_priors(evidence),
        *model1(evidence),
        *model2(evidence),
        *model3(evidence),
        *overall(evidence),
    ]
