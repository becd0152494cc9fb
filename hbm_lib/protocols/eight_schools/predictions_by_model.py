"""The plan's expectations of each model, held against what came out."""

import numpy as np

from hbm_lib.models.eight_schools import exact
from hbm_lib.protocols.eight_schools.evidence import Evidence, models
from hbm_lib.protocols.eight_schools.prediction import PARTLY, RIGHT, WRONG, Prediction, graded, within
from hbm_lib.protocols.eight_schools.runs import gain
from hbm_lib.protocols.eight_schools.summary import GRID, Summary


def interval(topic: str, what: str, high: float, fit: Summary) -> Prediction:
    """Hold tau's 95 % interval against a predicted [0, high]; right within 15 % of its upper end."""
    low, top = fit.tau_interval
    verdict = RIGHT if abs(top / high - 1) <= 0.15 else PARTLY if abs(top / high - 1) <= 0.3 else WRONG
    return Prediction(topic, what, f"0 to {high:g}", f"{low:.2f} to {top:.2f}", verdict, top)


def _school(topic: str, evidence: Evidence, key: str, label: str, low: float, high: float) -> Prediction:
    """Hold one school's posterior mean against its predicted range."""
    j = list(evidence.data.labels).index(label)
    what = f"school {label} (y = {evidence.data.y[j]:g}) shrinks to"
    return within(topic, what, low, high, evidence.fits[key].theta[j])


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
        interval(topic, "95 % interval of tau", 15, fit),
        Prediction(
            topic,
            "tau concentrated near 0, with a long tail",
            "most of it below 5",
            f"P(tau < 5 | y) = {at_zero:.2f}, P(tau < 0.1 | y) = {fit.tau_near_zero:.3f}",
            graded(at_zero > 0.5, fit.tau_interval[1] > 10),
            at_zero,
        ),
        within(topic, "shrinkage of the effects", 70, 90, share, digits=0, unit=" %"),
        within(topic, "shrinkage by formula at tau = 3", 60, 90, formula, digits=0, unit=" %"),
        _school(topic, evidence, "model1", "A", 10, 12),
        _school(topic, evidence, "model1", "E", 5, 7),
        Prediction(
            topic,
            "precise schools shrink less than coarse ones",
            "schools 5 and 7 less than 1, 3 and 8",
            f"E {share[4]:.0f} %, G {share[6]:.0f} % against A {share[0]:.0f} %, C {share[2]:.0f} %, H {share[7]:.0f} %",
            graded(max(share[4], share[6]) < min(share[0], share[2], share[7])),
            float(share[4]),
        ),
        Prediction(
            topic,
            "shrinkage against precision",
            "monotonic increasing",
            "monotonic decreasing: the factor is sigma²/(sigma² + tau²)",
            WRONG,
        ),
        Prediction(
            topic,
            "correlation of mu with the effects",
            "severe when tau is near 0",
            f"up to {given_rho.max():.2f} given tau = 1, {overall_rho.min():.2f} to "
            f"{overall_rho.max():.2f} over the whole posterior",
            graded(given_rho.max() > 0.9, overall_rho.max() > 0.9),
            float(overall_rho.max()),
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
        c.divergence_rate > n.divergence_rate
        and np.mean(c.ess_tau) < 0.5 * np.mean(n.ess_tau)
        and np.mean(c.bfmi) < np.mean(n.bfmi)
        for c, n in pairs
    )
    found = "more divergences, less than half the effective draws of tau, a lower energy fraction"
    return Prediction(
        "Model 1",
        "the centered form",
        "difficult to sample",
        found if worse else "not worse throughout",
        RIGHT if worse else WRONG,
        max(c.divergence_rate for c, _ in pairs),
        True,
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
        interval(topic, "95 % interval of tau", 8, fit),
        within(topic, "shrinkage of the effects", 80, 95, 100 * fit.shrinkage, digits=0, unit=" %"),
        _school(topic, evidence, "model2", "A", 8, 10),
        _school(topic, evidence, "model2", "E", 6, 8),
        Prediction(
            topic,
            "lower and narrower than model 1",
            "tau lower, tau and mu narrower",
            f"median {fit.tau_median:.2f} < {base.tau_median:.2f}, sd {fit.tau_sd:.2f} < {base.tau_sd:.2f}, "
            f"sd of mu {fit.mu_sd:.2f} < {base.mu_sd:.2f}"
            if all(tighter)
            else "not all of it",
            graded(*tighter),
            fit.tau_median,
        ),
        Prediction(
            topic,
            "schools A and E shrink more than in model 1",
            "both",
            f"A {fit.theta[a]:.1f} against {base.theta[a]:.1f}, E {fit.theta[e]:.1f} against {base.theta[e]:.1f}",
            graded(fit.theta[a] < base.theta[a], fit.theta[e] > base.theta[e]),
            float(fit.theta[a]),
        ),
        Prediction(
            topic,
            "the posterior is stable under half-normal 2, 5, 10",
            "relatively stable",
            f"effects move by less than half a posterior sd, tau's median by a factor of {_factor(evidence):.1f}",
            PARTLY if _factor(evidence) > 2 else RIGHT,
            _factor(evidence),
        ),
    ]


def _factor(evidence: Evidence) -> float:
    """Return the largest over the smallest median of tau among the skeptical priors."""
    medians = [f.tau_median for f in evidence.skepticism.values()]
    return max(medians) / min(medians)


def model3(evidence: Evidence) -> list[Prediction]:
    """Return the expectations of model 3, with the code's smooth switch."""
    fit, base, topic = evidence.fits["model3"], evidence.fits["model1"], "Model 3"
    ess = [gain(new.ess_tau, old.ess_tau) for new, old in zip(evidence.runs["model3"], evidence.runs["model1"], strict=True)]
    doubled = [g.low >= 2 for g in ess]
    moved = float(np.abs(fit.theta - base.theta).max())
    kept = [evidence.thresholds["sigmoid", t].spread for t in (2.0, 3.0, 4.0, 5.0)]
    stable = max(kept) / min(kept) - 1
    return [
        Prediction(
            topic,
            "mu and the effects as in model 1",
            "similar",
            f"E[mu] {fit.mu:.2f} against {base.mu:.2f}; no effect moves by more than {moved:.2f}",
            graded(abs(fit.mu - base.mu) < 0.5, moved < 0.5),
            moved,
        ),
        Prediction(
            topic,
            "the posterior of tau",
            "tighter than model 1's",
            f"sd {fit.tau_sd:.2f} against {base.tau_sd:.2f}",
            graded(fit.tau_sd < base.tau_sd),
            fit.tau_sd,
        ),
        Prediction(
            topic,
            "effective draws of tau",
            "2 to 3 times model 1's",
            "at least twice" if all(doubled) else "less than twice, by the 95 % interval over runs",
            RIGHT if all(doubled) else WRONG,
            max(g.ratio for g in ess),
            True,
        ),
        Prediction(
            topic,
            "no loss of fidelity when tau is large",
            "standard form above the threshold",
            "at and above 15 the spread equals tau to 9 digits",
            graded(abs(float(models()["model3"].prior.scale(np.array(15.0))) - 15) < 1e-9),
            15.0,
        ),
        Prediction(
            topic,
            "results for thresholds 2 to 5",
            "stable",
            f"tau's law hardly moves, the effects' mean spread varies by {100 * stable:.0f} %",
            PARTLY if stable > 0.1 else RIGHT,
            stable,
        ),
    ]
