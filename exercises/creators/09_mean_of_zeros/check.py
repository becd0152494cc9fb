"""The effect on a mean of many zeros: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives

EFFECT, SE = range(2)


def arm(revenue):
    """Return n, k, share, amount and the payers' variance."""
    paid = revenue[revenue > 0]
    n, k = len(revenue), len(paid)
    return n, k, k / n, paid.mean(), paid.var(ddof=1)


def of_share(n, k, p, a, v):
    return a**2 * p * (1 - p) / n


def of_amount(n, k, p, a, v):
    return p**2 * v / k


def both(*given):
    return of_share(*given) + of_amount(*given)


def effect_by(rule):
    """Recognize the effect of a reader who computes it from shares and amounts: p0, a0, p1, a1."""
    return gives(lambda c, t: (rule(*arm(c)[2:4], *arm(t)[2:4]), None), part=EFFECT)


def error_by(*rules):
    """Recognize any of these variances of an arm's mean in a standard error."""
    found = [gives(lambda c, t, f=f: (None, np.sqrt(f(*arm(c)) + f(*arm(t)))), part=SE, rtol=0.004) for f in rules]
    return lambda attempt: any(one(attempt) for one in found)


def readout(control, treatment):
    x, y = arm(control), arm(treatment)
    return treatment.mean() - control.mean(), np.sqrt(both(*x) + both(*y))


def parts(control, treatment):
    return split(lambda p0, a0, p1, a1: ((p1 - p0) * (a0 + a1) / 2, (a1 - a0) * (p0 + p1) / 2))(control, treatment)


def split(rule):
    return lambda c, t: rule(*arm(c)[2:4], *arm(t)[2:4])


def pooled(control, treatment):
    """Valued at the mean of all payers and at the share of all users, not at halfway points."""
    (_, _, p, a, _), (_, _, p0, a0, _), (_, _, p1, a1, _) = map(arm, (np.concatenate([control, treatment]), control, treatment))
    return (p1 - p0) * a, (a1 - a0) * p


def experiment(control, treatment, spread):
    """Return a case drawn anew at every check; an arm is users, share of payers, mean amount.

    The spread is that of the logs of the amounts: where it is small the share is most of the error, where it
    is large the amount is, so that no two slips give the same numbers in both cases.
    """
    rng = np.random.default_rng()
    arms = []
    for n, share, amount in (control, treatment):
        revenue = np.zeros(n)
        k = round(n * share * rng.uniform(0.97, 1.03))
        paid = rng.lognormal(0, spread, k)
        revenue[:k] = paid / paid.mean() * amount * rng.uniform(0.98, 1.02)
        arms.append(rng.permutation(revenue))
    label = f"{control[0]:,} controls and {treatment[0]:,} treated users, of whom {control[1]:.0%} and {treatment[1]:.0%} pay"
    return case(label, control=arms[0], treatment=arms[1])


USERS = (
    experiment((1500, 0.12, 20.0), (1100, 0.20, 15.0), 0.35),
    experiment((900, 0.30, 8.0), (2000, 0.22, 14.0), 1.2),
)

CHECKER = Checker(
    Question(
        "readout",
        readout,
        USERS,
        compare=Exact(rtol=0.01),
        parts=("effect", "se"),
        misconceptions=(
            Misconception(
                "payers alone",
                "You compared the payers of the two arms. The arms were drawn at random, their payers were not: the change "
                "decides who pays. The zeros belong to the mean.",
                effect_by(lambda p0, a0, p1, a1: a1 - a0),
            ),
            Misconception(
                "share alone",
                "You give the change of the share of payers. Mean revenue is in dollars: what they pay counts as well.",
                effect_by(lambda p0, a0, p1, a1: p1 - p0),
            ),
            Misconception(
                "product of the effects",
                "You multiplied the two effects. It is the *mean* of each arm that is a product: multiply in each arm, subtract "
                "last.",
                effect_by(lambda p0, a0, p1, a1: (p1 - p0) * (a1 - a0)),
            ),
            Misconception(
                "control minus treatment",
                "Your effect has the wrong sign: treatment minus control.",
                effect_by(lambda p0, a0, p1, a1: p0 * a0 - p1 * a1),
            ),
            Misconception(
                "share taken as known",
                "Your error has the amounts alone. How many users pay is luck as well, and with few payers it is much of it.",
                error_by(of_amount),
            ),
            Misconception(
                "amount taken as known",
                "Your error has the share alone, as if every payer paid the same. Amounts scatter.",
                error_by(of_share),
            ),
            Misconception(
                "amount measured on all users",
                "You divided the payers' variance by all users. Their mean rests on the payers: there are `k` of them.",
                error_by(lambda n, k, p, a, v: of_share(n, k, p, a, v) + p**2 * v / n),
            ),
            Misconception(
                "derivatives forgotten",
                "The variance of the amount has gone in as it is: your error is that of the *payers'* difference. The effect "
                "is on all users, so each variance comes with the square of its derivative.",
                error_by(lambda n, k, p, a, v: p * (1 - p) / n + v / k, lambda n, k, p, a, v: v / k),
            ),
            Misconception(
                "derivatives swapped",
                "Your derivatives have changed places. The derivative of share times amount in the *share* is the amount.",
                error_by(lambda n, k, p, a, v: p**2 * p * (1 - p) / n + a**2 * v / k),
            ),
            Misconception(
                "errors of share and amount added",
                "You added standard errors of share and amount. That is right for errors that always go the same way; these two "
                "are uncorrelated, so their *variances* add up.",
                error_by(lambda n, k, p, a, v: (np.sqrt(of_share(n, k, p, a, v)) + np.sqrt(of_amount(n, k, p, a, v))) ** 2),
            ),
            Misconception(
                "covariance where there is none",
                "You put a covariance between share and amount into the delta method. How much the payers pay says nothing about "
                "how many they are: it is 0 within an arm.",
                error_by(
                    lambda n, k, p, a, v: both(n, k, p, a, v) - 2 * p * a * np.sqrt(p * (1 - p) / n * v / k),
                    lambda n, k, p, a, v: abs(of_amount(n, k, p, a, v) - of_share(n, k, p, a, v)),
                ),
            ),
            Misconception(
                "errors of the arms added",
                "You added the standard errors of the two arms. The arms are independent: their *variances* add up.",
                gives(lambda c, t: (None, np.sqrt(both(*arm(c))) + np.sqrt(both(*arm(t)))), part=SE, rtol=0.004),
            ),
        ),
    ),
    Question(
        "parts",
        parts,
        USERS,
        parts=("share", "amount"),
        misconceptions=(
            Misconception(
                "valued at the control",
                "You valued both changes at the control arm. The two do not add up to the effect: what the *new* payers pay on "
                "top is missing.",
                gives(split(lambda p0, a0, p1, a1: ((p1 - p0) * a0, (a1 - a0) * p0))),
            ),
            Misconception(
                "valued at the treatment",
                "You valued both changes at the treatment arm. Together they are not the effect: the corner where both changed "
                "is counted twice.",
                gives(split(lambda p0, a0, p1, a1: ((p1 - p0) * a1, (a1 - a0) * p1))),
            ),
            Misconception(
                "one arm for each part",
                "Your parts add up, but you valued one change at one arm and the other at the other arm. Whoever begins with the "
                "other change gets other parts; halfway points treat both the same.",
                lambda attempt: any(gives(split(f))(attempt) for f in (
                    lambda p0, a0, p1, a1: ((p1 - p0) * a1, (a1 - a0) * p0),
                    lambda p0, a0, p1, a1: ((p1 - p0) * a0, (a1 - a0) * p1),
                )),
            ),
            Misconception(
                "changes without a value",
                "You give the two changes as they are. To add up to dollars per user, a change of the share must be valued in "
                "dollars and a change of the amount in users who pay it.",
                gives(split(lambda p0, a0, p1, a1: (p1 - p0, a1 - a0))),
            ),
            Misconception(
                "parts swapped",
                "Your two parts have changed places.",
                gives(lambda *given: parts(*given)[::-1]),
            ),
            Misconception(
                "valued at all users together",
                "You valued the changes at the payers and the share of both arms thrown together. If the arms differ in size, "
                "that is not halfway, and the parts do not add up to the effect.",
                gives(pooled),
            ),
            Misconception(
                "fractions of the effect",
                "You give fractions of the effect. With parts of opposite signs these are hard to read: leave them in dollars.",
                gives(lambda c, t: tuple(x / sum(parts(c, t)) for x in parts(c, t))),
            ),
        ),
    ),
    right=(
        "The effect on all users is what the experiment randomized; the payers of two arms are not comparable people. The "
        "hurdle does not make the error smaller (it is Welch's, written in two terms), but it tells where an effect comes "
        "from. The page on skewed revenue (chapters/creators/10_skewed_revenue) goes on."
    ),
)
