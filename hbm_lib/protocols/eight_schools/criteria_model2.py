"""Model 2, skeptical: its five criteria, in the plan's order."""

from hbm_lib.diagnostics.falsification import Verdict, combine, judge, state
from hbm_lib.protocols.eight_schools.evidence import Evidence

NAME = "Model 2"
EXTREMES = ("A", "C")
LEVEL = 0.95


def prior_dominates(evidence: Evidence) -> Verdict:
    """2.1: the posterior mean of mu stays near the prior mean; the plan's own test is a KL divergence."""
    fit, label = evidence.fits["model2"], "the prior dominates the data"
    centre, width = fit.mu_prior
    return combine(
        NAME,
        "2.1",
        label,
        [
            judge(
                NAME,
                "2.1a",
                label,
                "the distance of E[mu] from its prior mean, in prior sds,",
                abs(fit.mu - centre) / width,
                fires_when="below",
                limit=1,
                digits=3,
                detail="The prior mean was set from the pooled estimate of the same data.",
            ),
            judge(
                NAME,
                "2.1b",
                label,
                "KL(posterior || prior) of mu",
                fit.mu_kl,
                fires_when="below",
                limit=0.1,
                unit=" nats",
                digits=3,
            ),
        ],
        detail="The plan names both; its headline and its test disagree when only one fires.",
    )


def tau_truncated(evidence: Evidence) -> Verdict:
    """2.2: the 95 % interval of tau reaches into the prior's upper tail, beyond 10."""
    return judge(
        NAME,
        "2.2",
        "tau cut off by its prior",
        "the upper end of the 95 % interval of tau",
        evidence.fits["model2"].tau_interval[1],
        fires_when="above",
        limit=10,
        unit=" points",
        detail="The prior's own 97.5 % point is 11.2: a posterior equal to the prior would fire.",
    )


def extreme_schools_missed(evidence: Evidence) -> Verdict:
    """2.3: the largest or the smallest effect outside its 95 % predictive interval."""
    fit, label = evidence.fits["model2"], "predictive failure for the extreme schools"
    clauses = []
    for i, name in enumerate(EXTREMES):
        j = list(evidence.data.labels).index(name)
        tail = float(fit.tail[j])
        out = abs(tail - 0.5) > LEVEL / 2
        said = (
            f"school {name} (y = {evidence.data.y[j]:g}) is at the {100 * tail:.0f} % point of its "
            "predictive law (fires outside 2.5 to 97.5)"
        )
        clauses.append(state(NAME, f"2.3{chr(97 + i)}", label, said, out, value=abs(tail - 0.5), threshold=LEVEL / 2))
    return combine(NAME, "2.3", label, clauses)


def worse_than_model1(evidence: Evidence) -> Verdict:
    """2.4: leave-one-out or WAIC more than 5 below model 1."""
    one, two, label = evidence.fits["model1"], evidence.fits["model2"], "worse than model 1"
    return combine(
        NAME,
        "2.4",
        label,
        [
            judge(
                NAME,
                "2.4a",
                label,
                "model 1's exact leave-one-out score minus model 2's",
                float(one.elpd.sum() - two.elpd.sum()),
                fires_when="above",
                limit=5,
            ),
            judge(
                NAME,
                "2.4b",
                label,
                "model 1's WAIC score minus model 2's",
                one.waic - two.waic,
                fires_when="above",
                limit=5,
            ),
        ],
    )


def too_certain(evidence: Evidence) -> Verdict:
    """2.5: an effect known to better than 4 points, the standard error of the pooled mean."""
    return judge(
        NAME,
        "2.5",
        "narrower than sampling allows",
        "the smallest posterior sd of an effect",
        float(evidence.fits["model2"].theta_sd.min()),
        fires_when="below",
        limit=4,
        unit=" points",
        detail="An informative prior adds knowledge: under complete pooling with N(8, 5) the sd is 3.16.",
    )


CRITERIA = (prior_dominates, tau_truncated, extreme_schools_missed, worse_than_model1, too_certain)


def verdicts(evidence: Evidence) -> list[Verdict]:
    """Return the five verdicts on model 2."""
    return [criterion(evidence) for criterion in CRITERIA]
