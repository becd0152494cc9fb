"""Two districts' median odds ratio, raw and from tau, and what a survey sees: what is asked, and the slips that have a name."""

import numpy as np
from scipy import special, stats

from hbm_lib import seeds
from hbm_lib.data.real import load
from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives
from hbm_lib.models import logistic
from hbm_lib.models.logistic.likelihood import maximum_likelihood

WOMEN = load("contraception")
SHARE, RATIO = range(2)
NEAR = 1e-3
Z, W = np.polynomial.hermite_e.hermegauss(120)
W = W / W.sum()


def counts(women):
    """Return how many women say yes and how many no, by district."""
    table = women.groupby("district")["use"].value_counts().unstack(fill_value=0)
    return table["Y"].to_numpy(), table["N"].to_numpy()


def pairs(yes, no, k=1, ordered=True):
    """Return odds ratios of pairs of districts, the larger over the smaller unless they are left as they come."""
    i, j = np.triu_indices(len(yes), k)
    up, down = yes[i] * no[j], yes[j] * no[i]
    if ordered:
        up, down = np.maximum(up, down), np.minimum(up, down)
    with np.errstate(all="ignore"):
        return np.where(up == down, 1.0, up / down)


def raw_odds_ratio(women):
    return float(np.median(pairs(*counts(women))))


def median_odds_ratio(tau):
    return float(np.exp(2**0.5 * tau * stats.norm.ppf(0.75)))


def average(logit, tau):
    return float(special.expit(logit + tau * Z) @ W)


def odds(p):
    return p / (1 - p)


def survey(eta, beta, tau):
    village, town = average(eta, tau), average(eta + beta, tau)
    return village, odds(town) / odds(village)


def any_within(rtol, *wrongs):
    """Recognize any of these answers, up to a relative tolerance."""
    found = [gives(wrong, rtol=rtol) for wrong in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def near(*wrongs):
    """Recognize any of these answers within the tolerance of a grid."""
    return any_within(NEAR, *wrongs)


def share_is(*wrongs):
    """Recognize a wrong share, whatever the ratio."""
    found = [gives(lambda *given, f=f: (f(*given), 0), part=SHARE, rtol=NEAR) for f in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def ratio_is(*wrongs):
    """Recognize a wrong ratio beside the right share."""
    return near(*(lambda *given, f=f: (survey(*given)[SHARE], f(*given)) for f in wrongs))


def added(women, some):
    """Return the ratio after adding some cases to every cell."""
    yes, no = counts(women)
    return np.median(pairs(yes + some, no + some))


def inside(women):
    """Return the counts of the districts that are not at 0 or 100 %."""
    yes, no = counts(women)
    return yes[yes * no > 0], no[yes * no > 0]


def rates_compared(women):
    yes, no = counts(women)
    i, j = np.triu_indices(len(yes), 1)
    up, down = (yes / (yes + no))[i], (yes / (yes + no))[j]
    with np.errstate(all="ignore"):
        return np.median(np.where(up == down, 1.0, np.maximum(up, down) / np.minimum(up, down)))


def against_all(women):
    yes, no = counts(women)
    with np.errstate(all="ignore"):
        own = yes / no * no.sum() / yes.sum()
        return np.median(np.maximum(own, 1 / own))


def zero_over_zero(attempt):
    """Recognize answers that are not a number, or those of pairs 0 over 0 left out."""

    def left_out(women):
        yes, no = counts(women)
        i, j = np.triu_indices(len(yes), 1)
        same = ((yes[i] == 0) & (yes[j] == 0)) | ((no[i] == 0) & (no[j] == 0))
        return np.median(pairs(yes, no)[~same])

    return any(np.isnan(float(a)) for a in attempt.answers) or near(left_out)(attempt)


def rule_of_thumb(c):
    """Return the slip of shrinking the logits by a formula instead of averaging."""

    def wrong(eta, beta, tau):
        shrunk = np.sqrt(1 + c * tau**2)
        return special.expit(eta / shrunk), np.exp(beta / shrunk)

    return wrong


THUMBS = (1 / 1.7**2, (16 * 3**0.5 / (15 * np.pi)) ** 2, 0.346, np.pi / 8, 3 / np.pi**2)


def table_of(label, women):
    return case(label, women=women)


def some_women(n):
    """Return so many of the women, other ones at every check."""
    return WOMEN.sample(n, random_state=np.random.default_rng())


TABLES = (
    table_of("all 1,934 women", WOMEN),
    table_of("the women in villages", WOMEN[WOMEN["urban"] == "N"]),
    table_of("900 of the women, drawn anew", some_women(900)),
)
SPREADS = (case(tau=0.5), case(tau=0.44), case(tau=1.3))
SURVEYS = (
    case(eta=-0.7, beta=0.65, tau=0.44),
    case(eta=-3.0, beta=1.2, tau=2.5),
    case(eta=1.5, beta=-0.8, tau=0.8),
)


def fitted(*covariates):
    table = WOMEN.assign(uses=WOMEN["use"] == "Y", town=(WOMEN["urban"] == "Y") * 1.0)
    return maximum_likelihood(logistic.Data.from_frame(table, outcome="uses", group="district", covariates=list(covariates)), 15)


def by_chance(mu, tau, worlds=400):
    """Return the mean raw ratio of made-up districts with this spread and as many women in each as in the table."""
    rng, n = seeds.rng(1988, f"districts that spread by {tau:.3f}"), sum(counts(WOMEN))
    yes = rng.binomial(n, special.expit(mu + tau * rng.standard_normal((worlds, len(n)))))
    return float(np.mean([np.median(pairs(one, n - one)) for one in yes]))


PLAIN, PLACE = fitted(), fitted("town")
YES, NO = counts(WOMEN)
ALIKE = by_chance(special.logit(YES.sum() / len(WOMEN)), 0.0)
UNLIKE = by_chance(PLAIN.mu, PLAIN.tau)
CELLS = WOMEN.groupby(["urban", "use"]).size()
CRUDE = CELLS["Y", "Y"] * CELLS["N", "N"] / (CELLS["Y", "N"] * CELLS["N", "Y"])

CHECKER = Checker(
    Question(
        "raw_odds_ratio",
        raw_odds_ratio,
        TABLES,
        compare=Exact(rtol=5e-4),
        misconceptions=(
            Misconception(
                "zero over zero",
                "Two districts at 0 % make 0 over 0, which is not a number, and two at 100 % the same. They are alike: count "
                "such a pair with a ratio of 1. Do not lose it.",
                zero_over_zero,
            ),
            Misconception(
                "ends dropped",
                "You left out the districts at 0 or 100 %. They are the ones that look most unlike the others, so your answer "
                "is too small. A median can bear an infinite ratio.",
                gives(lambda women: np.median(pairs(*inside(women)))),
            ),
            Misconception(
                "cases added",
                "You added something to the counts so that no odds are 0 or infinite. That is half a woman or more whom nobody "
                "asked, and it draws small districts together. A median needs no such help.",
                near(lambda women: added(women, 0.5), lambda women: added(women, 1)),
            ),
            Misconception(
                "rates for odds",
                "You divided the larger rate by the smaller. The odds are the women who say yes over those who say no.",
                near(rates_compared),
            ),
            Misconception(
                "mean of the ratios",
                "You took a mean, and one infinite ratio is enough to make it infinite. Asked is the median.",
                gives(lambda women: np.mean(pairs(*counts(women)))),
            ),
            Misconception(
                "either over the other",
                "You divided in the order in which the districts stand in the table. Then ratios above and below 1 balance, and "
                "the median says nothing of their size. Divide the larger by the smaller.",
                near(lambda women: np.median(pairs(*counts(women), ordered=False)),
                     lambda women: np.median(1 / pairs(*counts(women), ordered=False)),
                     lambda women: 1.0),
            ),
            Misconception(
                "a district paired with itself",
                "Some of your pairs are a district and itself, with a ratio of 1. Two different districts are meant.",
                near(lambda women: np.median(pairs(*counts(women), k=0)),
                     lambda women: np.median(np.r_[pairs(*counts(women), k=0), pairs(*counts(women))])),
            ),
            Misconception(
                "held against all",
                "You held each district against all women together. Asked is how far two districts are apart; that is farther.",
                near(against_all),
            ),
            Misconception(
                "logits for odds",
                "You return a distance of logits. Its exponential is the ratio of the odds.",
                near(lambda women: np.log(raw_odds_ratio(women))),
            ),
        ),
    ),
    Question(
        "median_odds_ratio",
        median_odds_ratio,
        SPREADS,
        compare=Exact(rtol=1e-4),
        misconceptions=(
            Misconception(
                "drawn at random",
                "You are near. Random draws, or a rounded quantile, cost the last digits; the quantile of the normal "
                "distribution gives the median without them.",
                gives(median_odds_ratio, rtol=0.02),
            ),
            Misconception(
                "one district against the middle",
                "You held one district against the middle of all. Of two districts both vary, so their difference has twice "
                "the variance of one.",
                near(lambda tau: np.exp(tau * stats.norm.ppf(0.75))),
            ),
            Misconception(
                "variances not added",
                "You doubled the standard deviation. Of independent logits the variances add; what is then the standard "
                "deviation of the difference?",
                near(lambda tau: np.exp(2 * tau * stats.norm.ppf(0.75))),
            ),
            Misconception(
                "tau for the variance",
                "You took tau for a variance, or squared it and forgot the root. Normal(0, tau) has the standard deviation tau "
                "here, in logits.",
                near(lambda tau: np.exp(np.sqrt(2) * tau**2 * stats.norm.ppf(0.75)),
                     lambda tau: np.exp(np.sqrt(2 * tau) * stats.norm.ppf(0.75)),
                     lambda tau: np.exp(2 * tau**2 * stats.norm.ppf(0.75))),
            ),
            Misconception(
                "quantile of one half",
                "Your answer is 1 for every tau. The median of the difference is 0, but asked is the median of its size: half "
                "of all differences lie between it and its negative.",
                gives(lambda tau: 1.0),
            ),
            Misconception(
                "the lower quartile",
                "You return the smaller odds over the larger. The larger are divided by the smaller: at least 1.",
                near(lambda tau: 1 / median_odds_ratio(tau)),
            ),
            Misconception(
                "a standard deviation for a median",
                "You return the ratio at one standard deviation. Two thirds of a normal distribution lie within it; asked is "
                "where one half lies.",
                near(lambda tau: np.exp(tau), lambda tau: np.exp(2**0.5 * tau)),
            ),
            Misconception(
                "95 % for one half",
                "You return the ratio that 95 % of the pairs do not exceed. Asked is the median.",
                near(*(lambda tau, q=q: np.exp(2**0.5 * tau * q) for q in (1.96, stats.norm.ppf(0.975), 2.0))),
            ),
            Misconception(
                "mean for median",
                "You return a mean, of the ratios or of the distances of the logits. The ratios have a long tail upward, "
                "and their mean is above their median.",
                any_within(0.02, lambda tau: 2 * np.exp(tau**2) * stats.norm.cdf(2**0.5 * tau),
                           lambda tau: np.exp(2 * tau / np.pi**0.5)),
            ),
            Misconception(
                "distance of logits",
                "You return the median distance of two logits. Its exponential is the ratio of the odds.",
                near(lambda tau: 2**0.5 * tau * stats.norm.ppf(0.75)),
            ),
        ),
    ),
    Question(
        "survey",
        survey,
        SURVEYS,
        compare=Exact(rtol=NEAR),
        parts=("share", "ratio"),
        misconceptions=(
            Misconception(
                "expit of the mean",
                "Your share is that of the district in the middle, expit(eta). The mean of a curve is not the curve at the "
                "mean: districts above and below the middle do not balance on the scale of shares. Average the shares.",
                share_is(lambda eta, beta, tau: special.expit(eta)),
            ),
            Misconception(
                "odds averaged",
                "You averaged the odds of the districts and turned the mean into a share. A few districts with large odds rule "
                "such a mean. A survey counts women: average the shares.",
                share_is(lambda eta, beta, tau: special.expit(eta + tau**2 / 2)),
            ),
            Misconception(
                "square of tau",
                "You averaged over districts whose standard deviation is the square of tau, or its root. Normal(0, tau) has the "
                "standard deviation tau here.",
                share_is(lambda eta, beta, tau: average(eta, tau**2), lambda eta, beta, tau: average(eta, tau**0.5)),
            ),
            Misconception(
                "rule of thumb",
                "You shrank the logits by a formula, which is good to about two digits. Asked is one part in a thousand: do "
                "the average itself.",
                near(*(rule_of_thumb(c) for c in THUMBS)),
            ),
            Misconception(
                "town for village",
                "Your share is that of the women in towns. The one in villages is asked for.",
                share_is(lambda eta, beta, tau: average(eta + beta, tau)),
            ),
            Misconception(
                "ratio within a district",
                "Your share is right. Your ratio is exp(beta), which compares two women of one district. A survey compares "
                "women of all districts: average both shares first, and take the odds of the averages.",
                ratio_is(lambda eta, beta, tau: np.exp(beta)),
            ),
            Misconception(
                "ratio of shares",
                "Your share is right. Your ratio is one of shares. Turn both into odds first.",
                ratio_is(lambda eta, beta, tau: average(eta + beta, tau) / average(eta, tau)),
            ),
            Misconception(
                "difference of logits",
                "Your share is right. Your second part is a difference of logits. Its exponential is the ratio of the odds.",
                ratio_is(lambda *given: np.log(survey(*given)[RATIO])),
            ),
            Misconception(
                "village over town",
                "Your share is right. Your ratio is upside down: towns over villages.",
                ratio_is(lambda *given: 1 / survey(*given)[RATIO]),
            ),
            Misconception(
                "middle district for all",
                "Your share is right. Your ratio holds the average of the towns against the district in the middle, or the "
                "other way round. Average both.",
                ratio_is(lambda eta, beta, tau: odds(average(eta + beta, tau)) / np.exp(eta),
                         lambda eta, beta, tau: np.exp(eta + beta) / odds(average(eta, tau))),
            ),
        ),
    ),
    right=(
        f"The median odds ratio of the raw counts is {raw_odds_ratio(WOMEN):.1f}. But if all 60 districts were alike, chance "
        f"alone would make it {ALIKE:.1f}, for many have few women; {(YES * NO == 0).sum()} stand at 0 or 100 %. A spread of "
        f"{PLAIN.tau:.2f} logits means {median_odds_ratio(PLAIN.tau):.1f}. Counts of such districts would show "
        f"{UNLIKE:.1f} on average, which is about what was seen.\n\n"
        f"Town multiplies the odds by {np.exp(PLACE.beta[0]):.2f} within a district, and by "
        f"{survey(PLACE.mu, PLACE.beta[0], PLACE.tau)[RATIO]:.2f} in a survey that does not look at districts: always nearer to "
        "1, here by little, with a larger tau by much. Neither is wrong; they answer different questions. The plain table of "
        f"these women says {CRUDE:.2f}, farther from 1. It breaks the condition you were given: women in towns are not spread "
        "over the districts like those in villages."
    ),
)
