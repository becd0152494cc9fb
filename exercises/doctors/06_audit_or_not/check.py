"""A decision with a stated loss: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

LEAVE, AUDIT = range(2)


def p_low(theta, low):
    return float((theta < low).mean())


def expected_losses(theta, low, cost, harm):
    return harm * p_low(theta, low), float(cost)


def audit(theta, low, cost, harm):
    leave, checked = expected_losses(theta, low, cost, harm)
    return bool(checked < leave)


def told_first(theta, low, cost, harm):
    """Return the expected loss of one who knows theta before choosing."""
    return p_low(theta, low) * min(cost, harm)


def worth_of_knowing(*given):
    return min(expected_losses(*given)) - told_first(*given)


def part(index, wrong):
    """Recognize one of the two losses by this function."""
    return gives(lambda *given: {index: wrong(*given)}, part=index)


def audits_if(*rules):
    """Recognize a decision by any of these rules."""
    found = [gives(lambda *given, rule=rule: bool(rule(*given))) for rule in rules]
    return lambda attempt: any(one(attempt) for one in found)


def doctor(a, b, S=2000):
    """Return draws of a rate, new at every check."""
    return np.random.default_rng().beta(a, b, S)


def two_faced(S=2000):
    """Return draws of a rate that is either good or very bad: its mean is low and its median is not."""
    rng = np.random.default_rng()
    return np.where(np.arange(S) < 0.35 * S, rng.beta(25, 75, S), rng.beta(85, 15, S))


def known(theta, cost, harm, low=0.7):
    mean, share = theta.mean(), p_low(theta, low)
    label = f"draws with mean {mean:.2f}, {share:.0%} of them below low={low}, cost={cost}, harm={harm}"
    return case(label, theta=theta, low=low, cost=cost, harm=harm)


CASES = (
    known(doctor(6, 2), 1, 10),  # mean above the limit, and an audit pays
    known(doctor(4, 2.2), 8, 10),  # mean below it, and an audit does not pay
    known(doctor(80, 60), 8, 10),
    known(doctor(95, 5), 1, 10),
    known(doctor(9, 2), 1, 3),
    known(doctor(80, 60), 12, 10),  # an audit that costs more than the harm
    known(two_faced(), 1, 2),
)

CHECKER = Checker(
    Question(
        "expected_losses",
        expected_losses,
        CASES,
        parts=("leave", "audit"),
        misconceptions=(
            Misconception(
                "two losses swapped",
                "The right numbers in the wrong order: first *leave*, then *audit*.",
                gives(lambda *given: expected_losses(*given)[::-1]),
            ),
            Misconception(
                "loss at the mean",
                "You looked whether the *mean* of the draws is below the limit. That is the loss at one value; average the "
                "loss over all "
                "draws.",
                part(LEAVE, lambda theta, low, cost, harm: harm * (theta.mean() < low)),
            ),
            Misconception(
                "shortfall for harm",
                "Your loss grows with the distance below the limit. Here the harm is the same for every rate below it.",
                part(LEAVE, lambda theta, low, cost, harm: harm * np.maximum(low - theta, 0).mean()),
            ),
            Misconception(
                "probability for loss",
                "You return the probability that the rate is below the limit. What does it cost?",
                part(LEAVE, lambda theta, low, cost, harm: p_low(theta, low)),
            ),
            Misconception(
                "harm for certain",
                "You charge the whole harm for leaving alone. It comes only if the rate is below the limit: how probable is "
                "that?",
                part(LEAVE, lambda theta, low, cost, harm: harm),
            ),
            Misconception(
                "wrong side of the limit",
                "You charge the harm where the rate is *above* the limit.",
                part(LEAVE, lambda theta, low, cost, harm: harm * (1 - p_low(theta, low))),
            ),
            Misconception(
                "failures for harm",
                "You charge the harm for every failure, so that good doctors cost something, too. Here it depends on which "
                "side of the "
                "limit the rate is.",
                part(LEAVE, lambda theta, low, cost, harm: harm * (1 - theta.mean())),
            ),
            Misconception(
                "audit paid only where needed",
                "You charge the audit only where the rate is below the limit. It is paid before anyone knows.",
                part(AUDIT, lambda theta, low, cost, harm: cost * p_low(theta, low)),
            ),
            Misconception(
                "audit paid only where in vain",
                "You charge the audit only where the rate is above the limit, as if finding a cause were free. It is paid in "
                "any case.",
                part(AUDIT, lambda theta, low, cost, harm: cost * (1 - p_low(theta, low))),
            ),
            Misconception(
                "harm after the audit",
                "You charge the audit and the harm. The audit stops the harm; that is what it is for.",
                part(AUDIT, lambda theta, low, cost, harm: cost + harm * p_low(theta, low)),
            ),
        ),
    ),
    Question(
        "audit",
        audit,
        CASES,
        misconceptions=(
            Misconception(
                "point estimate",
                "You audit where the mean rate is below the limit. A mean knows neither the costs nor how sure it is: a small "
                "chance of a "
                "large harm can be worth an audit, and a likely one of a small harm may not.",
                audits_if(lambda theta, low, cost, harm: theta.mean() < low),
            ),
            Misconception(
                "more likely than not",
                "You audit where the rate is more likely below the limit than above. A half is the right place only if the "
                "harm is twice "
                "the cost.",
                audits_if(lambda theta, low, cost, harm: p_low(theta, low) > 0.5,
                          lambda theta, low, cost, harm: np.median(theta) < low),
            ),
            Misconception(
                "sure enough",
                "You audit where you are nearly sure that the rate is below the limit, as a test of significance would. "
                "Whoever waits to be "
                "sure pays the harm meanwhile. The costs say how sure is sure enough.",
                audits_if(lambda theta, low, cost, harm: p_low(theta, low) > 0.95),
            ),
            Misconception(
                "any doubt",
                "You audit on the least suspicion. Audits cost as well: compare.",
                audits_if(lambda theta, low, cost, harm: p_low(theta, low) > 0.05),
            ),
            Misconception(
                "cost against harm alone",
                "You compared the cost with the harm as if the harm were certain. Weigh it by its probability.",
                audits_if(lambda theta, low, cost, harm: cost < harm),
            ),
            Misconception(
                "ratio upside down",
                "You compare the probability with harm / cost. Turn it round: the more expensive the audit, the surer one "
                "must be.",
                audits_if(lambda theta, low, cost, harm: p_low(theta, low) > harm / cost),
            ),
            Misconception(
                "worse action taken",
                "You choose the action with the *larger* expected loss.",
                audits_if(lambda *given: not audit(*given)),
            ),
            Misconception(
                "cost of failures",
                "You compare the cost with the harm times the mean probability of a failure. The harm here is done by a rate "
                "below the "
                "limit: how probable is that?",
                audits_if(lambda theta, low, cost, harm: cost < harm * (1 - theta.mean())),
            ),
        ),
    ),
    Question(
        "worth_of_knowing",
        worth_of_knowing,
        CASES,
        misconceptions=(
            Misconception(
                "nothing gained",
                "You find that knowing is worth nothing: you took the mean before the minimum twice. One who is told the rate "
                "chooses "
                "*for each draw*.",
                gives(lambda *given: 0.0),
            ),
            Misconception(
                "difference of the actions",
                "You return how much better one action is than the other. Asked is how much better it would be to *know* than "
                "to take the "
                "better one.",
                gives(lambda *given: abs(np.subtract(*expected_losses(*given)))),
            ),
            Misconception(
                "loss of the better action",
                "You return the expected loss of the better action. Of that, how much would be left if the rate were known?",
                gives(lambda *given: min(expected_losses(*given))),
            ),
            Misconception(
                "loss with knowledge",
                "You return what is still lost when the rate is known: the audits that are needed. Asked is what is saved.",
                gives(told_first),
            ),
            Misconception(
                "against leaving",
                "You compare knowing with leaving alone. Today you would take the better of the two actions; compare with that.",
                gives(lambda *given: expected_losses(*given)[LEAVE] - told_first(*given)),
            ),
            Misconception(
                "against auditing",
                "You compare knowing with an audit. Today you would take the better of the two actions; compare with that.",
                gives(lambda *given: expected_losses(*given)[AUDIT] - told_first(*given)),
            ),
            Misconception(
                "sign of the worth",
                "Your number is negative: knowledge cannot make things worse on average. Which loss is smaller?",
                gives(lambda *given: -worth_of_knowing(*given)),
            ),
        ),
    ),
    right=(
        "Audit where P(theta < low) exceeds cost / harm. With a harm of ten audits a suspicion of one in ten is enough, "
        "whatever the mean; "
        "with an expensive audit not even a mean below the limit is. And an audit that costs more than the harm is never right, "
        "however sure "
        "one is."
    ),
)
