"""Every numeric expectation of the plan, held against what came out."""

import numpy as np

from hbm_lib.models.eight_schools import exact
from hbm_lib.protocols.eight_schools import criteria_model3 as three
from hbm_lib.protocols.eight_schools.decisions import loo_lead
from hbm_lib.protocols.eight_schools.evidence import THREE, Evidence, models
from hbm_lib.protocols.eight_schools.prediction import (
    PARTLY,
    RIGHT,
    WRONG,
    Prediction,
    graded,
    table,
    tally,
    within,
)
from hbm_lib.protocols.eight_schools.runs import gain
from hbm_lib.protocols.eight_schools.summary import GRID, Summary

__all__ = ["all_predictions", "data_and_priors", "model1", "model2", "model3", "overall", "table", "tally"]


def _interval(topic: str, what: str, high: float, fit: Summary) -> Prediction:
    """Hold tau's 95 % interval against a predicted [0, high]; right within 15 % of its upper end."""
    low, top = fit.tau_interval
    verdict = RIGHT if abs(top / high - 1) <= 0.15 else PARTLY if abs(top / high - 1) <= 0.3 else WRONG
    return Prediction(topic, what, f"0 to {high:g}", f"{low:.2f} to {top:.2f}", verdict, top)


def _school(topic: str, evidence: Evidence, key: str, label: str, low: float, high: float) -> Prediction:
    """Hold one school's posterior mean against its predicted range."""
    j = list(evidence.data.labels).index(label)
    what = f"school {label} (y = {evidence.data.y[j]:g}) shrinks to"
    return within(topic, what, low, high, evidence.fits[key].theta[j])


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
            "data", "heterogeneity", "tau² = 0, I² = 0, p = 0.696",
            f"tau² = {c.tau_squared:g}, I² = {c.i_squared:g}, p = {c.p_value:.3f}", graded(*classical), c.p_value,
        ),
        Prediction(
            "data", "sd and range of the effects", "10.4, from -3 to 28",
            f"{y.std(ddof=1):.1f}, from {y.min():g} to {y.max():g}",
            graded(round(y.std(ddof=1), 1) == 10.4, y.min() == -3, y.max() == 28), float(y.std(ddof=1)),
        ),
        Prediction(
            "data", "pooled estimate and standard error", "7.69 and 4.07",
            f"{c.pooled:.2f} and {c.pooled_se:.2f}",
            graded(round(c.pooled, 2) == 7.69, round(c.pooled_se, 2) == 4.07), c.pooled,
        ),
        Prediction(
            "data", "variance of y over the mean sampling variance", "0.66", f"{c.variance_ratio:.2f}",
            graded(round(c.variance_ratio, 2) == 0.66), c.variance_ratio,
        ),
        Prediction(
            "priors", "N(0, 20) covers [-40, 40] at two sds", "about 95 %", f"{100 * inside:.1f} %",
            graded(inside > 0.95), inside,
        ),
        Prediction(
            "priors", "P(tau < 5), half-normal(5)", "68 %", f"{100 * p_half:.1f} %",
            graded(round(100 * p_half) == 68), p_half,
        ),
        Prediction(
            "priors", "P(tau < 5), half-Cauchy(10)", "50 %", f"{100 * p_cauchy:.1f} %",
            graded(round(100 * p_cauchy) == 50), p_cauchy,
        ),
        Prediction(
            "priors", "prior predictive effects within [-50, 50]", "plausible under every prior",
            ", ".join(f"{k}: {v:.0f} %" for k, v in share.items()),
            RIGHT if min(share.values()) >= 95 else PARTLY if max(share.values()) >= 95 else WRONG, spread,
        ),
    ]


def model1(evidence: Evidence) -> list[Prediction]:
    """Return the expectations of model 1."""
    fit, topic = evidence.fits["model1"], "Model 1"
    at_zero = fit.tau_cdf[np.searchsorted(GRID, 5.0)]
    share = 100 * fit.shrinkage
    formula = 100 * evidence.data.sigma**2 / (evidence.data.sigma**2 + 9.0)
    overall_rho, given_rho = _correlation(evidence)
    return [
        within(topic, "E[mu], around the pooled 7.7", 7.2, 8.2, fit.mu),
        within(topic, "sd of mu", 4, 5, fit.mu_sd),
        within(topic, "median of tau", 2, 5, fit.tau_median),
        _interval(topic, "95 % interval of tau", 15, fit),
        Prediction(
            topic, "tau concentrated near 0, with a long tail", "most of it below 5",
            f"P(tau < 5 | y) = {at_zero:.2f}, P(tau < 0.1 | y) = {fit.tau_near_zero:.3f}",
            graded(at_zero > 0.5, fit.tau_interval[1] > 10), at_zero,
        ),
        within(topic, "shrinkage of the effects", 70, 90, share, digits=0, unit=" %"),
        within(topic, "shrinkage by formula at tau = 3", 60, 90, formula, digits=0, unit=" %"),
        _school(topic, evidence, "model1", "A", 10, 12),
        _school(topic, evidence, "model1", "E", 5, 7),
        Prediction(
            topic, "precise schools shrink less than coarse ones", "schools 5 and 7 less than 1, 3 and 8",
            f"E {share[4]:.0f} %, G {share[6]:.0f} % against A {share[0]:.0f} %, "
            f"C {share[2]:.0f} %, H {share[7]:.0f} %",
            graded(max(share[4], share[6]) < min(share[0], share[2], share[7])), float(share[4]),
        ),
        Prediction(
            topic, "shrinkage against precision", "monotonic increasing",
            "monotonic decreasing: the factor is sigma²/(sigma² + tau²)", WRONG,
        ),
        Prediction(
            topic, "correlation of mu with the effects", "severe when tau is near 0",
            f"up to {given_rho.max():.2f} given tau = 1, {overall_rho.min():.2f} to "
            f"{overall_rho.max():.2f} over the whole posterior",
            graded(given_rho.max() > 0.9, overall_rho.max() > 0.9), float(overall_rho.max()),
        ),
        _centered(evidence),
    ]


def _correlation(evidence: Evidence) -> tuple[np.ndarray, np.ndarray]:
    """Return model 1's exact correlation of mu with every effect: overall, and given tau = 1."""
    data, model, fit = evidence.data, models()["model1"], evidence.fits["model1"]
    line = exact.posterior(model, data).line

    def pieces(tau: np.ndarray) -> tuple[np.ndarray, ...]:
        mean, cov, _ = exact.coefficients(tau, data, model.prior)
        pull = data.sigma**2 / (data.sigma**2 + tau[:, None] ** 2)
        theta = pull * mean[:, :1] + (1 - pull) * data.y
        return mean[:, :1], cov[:, :1, 0], pull, theta

    mean, cov, pull, theta = pieces(line.tau)
    joint = line.weight @ (pull * cov + (mean - fit.mu) * (theta - fit.theta))
    _, var, near, _ = pieces(np.ones(1))
    own = near**2 * var + near
    return joint / (fit.mu_sd * fit.theta_sd), (near * np.sqrt(var / own))[0]


def _centered(evidence: Evidence) -> Prediction:
    """Hold the centered twin's trouble against the plan's warning."""
    pairs = list(zip(evidence.runs["centered"], evidence.runs["model1"], strict=True))
    worse = all(
        c.divergence_rate > n.divergence_rate and np.mean(c.ess_tau) < 0.5 * np.mean(n.ess_tau)
        and np.mean(c.bfmi) < np.mean(n.bfmi) for c, n in pairs
    )
    found = "more divergences, less than half the effective draws of tau, a lower energy fraction"
    return Prediction(
        "Model 1", "the centered form", "difficult to sample", found if worse else "not worse throughout",
        RIGHT if worse else WRONG, max(c.divergence_rate for c, _ in pairs), True,
    )


def model2(evidence: Evidence) -> list[Prediction]:
    """Return the expectations of model 2."""
    fit, base, topic = evidence.fits["model2"], evidence.fits["model1"], "Model 2"
    a, e = (list(evidence.data.labels).index(n) for n in ("A", "E"))
    tighter = (fit.tau_median < base.tau_median, fit.tau_sd < base.tau_sd, fit.mu_sd < base.mu_sd)
    return [
        within(topic, "E[mu], around the pooled 7.7", 7.2, 8.2, fit.mu),
        within(topic, "sd of mu", 3, 4, fit.mu_sd),
        within(topic, "median of tau", 1, 3, fit.tau_median),
        _interval(topic, "95 % interval of tau", 8, fit),
        within(topic, "shrinkage of the effects", 80, 95, 100 * fit.shrinkage, digits=0, unit=" %"),
        _school(topic, evidence, "model2", "A", 8, 10),
        _school(topic, evidence, "model2", "E", 6, 8),
        Prediction(
            topic, "lower and narrower than model 1", "tau lower, tau and mu narrower",
            f"median {fit.tau_median:.2f} < {base.tau_median:.2f}, sd {fit.tau_sd:.2f} < {base.tau_sd:.2f}, "
            f"sd of mu {fit.mu_sd:.2f} < {base.mu_sd:.2f}" if all(tighter) else "not all of it",
            graded(*tighter), fit.tau_median,
        ),
        Prediction(
            topic, "schools A and E shrink more than in model 1", "both",
            f"A {fit.theta[a]:.1f} against {base.theta[a]:.1f}, E {fit.theta[e]:.1f} against {base.theta[e]:.1f}",
            graded(fit.theta[a] < base.theta[a], fit.theta[e] > base.theta[e]), float(fit.theta[a]),
        ),
        Prediction(
            topic, "the posterior is stable under half-normal 2, 5, 10", "relatively stable",
            "effects move by less than half a posterior sd, tau's median by a factor of "
            f"{_factor(evidence):.1f}", PARTLY if _factor(evidence) > 2 else RIGHT, _factor(evidence),
        ),
    ]


def _factor(evidence: Evidence) -> float:
    """Return the largest over the smallest median of tau among the skeptical priors."""
    medians = [f.tau_median for f in evidence.skepticism.values()]
    return max(medians) / min(medians)


def model3(evidence: Evidence) -> list[Prediction]:
    """Return the expectations of model 3, with the code's smooth switch."""
    fit, base, topic = evidence.fits["model3"], evidence.fits["model1"], "Model 3"
    ess = [
        gain(new.ess_tau, old.ess_tau)
        for new, old in zip(evidence.runs["model3"], evidence.runs["model1"], strict=True)
    ]
    doubled = [g.low >= 2 for g in ess]
    moved = float(np.abs(fit.theta - base.theta).max())
    kept = [evidence.thresholds["sigmoid", t].spread for t in (2.0, 3.0, 4.0, 5.0)]
    stable = max(kept) / min(kept) - 1
    return [
        Prediction(
            topic, "mu and the effects as in model 1", "similar",
            f"E[mu] {fit.mu:.2f} against {base.mu:.2f}; no effect moves by more than {moved:.2f}",
            graded(abs(fit.mu - base.mu) < 0.5, moved < 0.5), moved,
        ),
        Prediction(
            topic, "the posterior of tau", "tighter than model 1's",
            f"sd {fit.tau_sd:.2f} against {base.tau_sd:.2f}", graded(fit.tau_sd < base.tau_sd), fit.tau_sd,
        ),
        Prediction(
            topic, "effective draws of tau", "2 to 3 times model 1's",
            "at least twice" if all(doubled) else "less than twice, by the 95 % interval over runs",
            RIGHT if all(doubled) else WRONG, max(g.ratio for g in ess), True,
        ),
        Prediction(
            topic, "no loss of fidelity when tau is large", "standard form above the threshold",
            "at and above 15 the spread equals tau to 9 digits",
            graded(abs(float(models()["model3"].prior.scale(np.array(15.0))) - 15) < 1e-9), 15.0,
        ),
        Prediction(
            topic, "results for thresholds 2 to 5", "stable",
            f"tau's law hardly moves, the effects' mean spread varies by {100 * stable:.0f} %",
            PARTLY if stable > 0.1 else RIGHT, stable,
        ),
    ]


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
            topic, "convergence", "R-hat below 1.01, ESS above 400, no divergence",
            "so in every engine" if all(converged) else "not all of it", graded(*converged), rhat, True,
        ),
        Prediction(
            topic, "sampling time of models 1 and 2", "30 to 60 seconds",
            "less than 30 seconds" if seconds < 30 else "30 seconds or more",
            WRONG if seconds < 30 else RIGHT, seconds, True,
        ),
        Prediction(
            topic, "sampling time of model 3", "45 to 90 seconds, half as much again",
            "less than 30 seconds" if seconds < 30 else "30 seconds or more",
            WRONG if seconds < 30 else RIGHT, seconds, True,
        ),
        Prediction(
            topic, "mu", "N(7.7, 4.0), nearly identical",
            f"means {means.min():.2f} to {means.max():.2f}, sds {sds.min():.2f} to {sds.max():.2f}",
            graded(*near), float(means.max()),
        ),
        within("Model 1, summary", "median of tau", 3, 5, one.tau_median),
        _interval("Model 1, summary", "95 % interval of tau", 12, one),
        within("Model 2, summary", "median of tau", 2, 3, two.tau_median),
        _interval("Model 2, summary", "95 % interval of tau", 8, two),
        Prediction(
            "Model 3, summary", "tau", "like model 1's, but tighter, with more effective draws",
            f"median {sigmoid.tau_median:.2f} against {one.tau_median:.2f}, sd {sigmoid.tau_sd:.2f} against "
            f"{one.tau_sd:.2f}; " + ("no gain in effective draws shown" if gains else "more effective draws"),
            graded(abs(sigmoid.tau_median / one.tau_median - 1) < 0.1, sigmoid.tau_sd < one.tau_sd, not gains),
            sigmoid.tau_median, True,
        ),
        within(topic, "shrinkage of the effects", 70, 90, share, digits=0, unit=" %"),
        Prediction(
            topic, "predictive checks", "all pass", f"coverage {100 * min(f.coverage for f in fits):.0f} % at least",
            graded(all(f.coverage >= 0.9 for f in fits)), min(f.coverage for f in fits),
        ),
        Prediction(
            topic, "differences of the leave-one-out score", "below 3", f"{lead:.2f} at most",
            graded(lead < 3), float(lead),
        ),
        Prediction(
            topic, "the models agree, but for the width of tau", "yes",
            f"effects differ by {_apart(fits):.1f} points at most, tau's interval ends at "
            f"{two.tau_interval[1]:.1f} to {sigmoid.tau_interval[1]:.1f}",
            graded(_apart(fits) < 1.5), _apart(fits),
        ),
        Prediction(
            topic, "leave-one-out if the data are homogeneous", "model 2 better than model 1",
            f"it leads by {loo_lead(evidence):.2f}, {abs(loo_lead(evidence)) / 5:.2f} of what the plan "
            "calls substantial", PARTLY if 0 < loo_lead(evidence) <= 5 else graded(loo_lead(evidence) > 5),
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
