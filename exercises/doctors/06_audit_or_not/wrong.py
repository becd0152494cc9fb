"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def share(theta, low):
    return np.count_nonzero(theta < low) / len(theta)


def leaves(loss):
    """Build the answer of a reader with this loss of leaving alone and the right one of an audit."""
    return lambda theta, low, cost, harm: (loss(theta, low, harm), cost)


def audits(loss):
    """Build the answer of a reader with this loss of an audit and the right one of leaving alone."""
    return lambda theta, low, cost, harm: (harm * share(theta, low), loss(share(theta, low), cost, harm))


def rule(test):
    return lambda theta, low, cost, harm: bool(test(theta, low, cost, harm))


def worth(difference):
    """Build an answer from the share below the limit, the cost and the harm."""
    return lambda theta, low, cost, harm: difference(share(theta, low), cost, harm)


WRONG = (
    wrong_answer("two losses swapped", expected_losses=lambda theta, low, cost, harm: (cost, harm * share(theta, low))),
    wrong_answer("loss at the mean", expected_losses=leaves(lambda theta, low, harm: harm if np.mean(theta) < low else 0)),
    wrong_answer("shortfall for harm", expected_losses=leaves(lambda theta, low, harm: np.mean(harm * (low - theta).clip(0)))),
    wrong_answer("probability for loss", expected_losses=leaves(lambda theta, low, harm: share(theta, low))),
    wrong_answer("harm for certain", expected_losses=leaves(lambda theta, low, harm: harm)),
    wrong_answer("wrong side of the limit", expected_losses=leaves(lambda theta, low, harm: harm * np.mean(theta >= low))),
    wrong_answer("failures for harm", expected_losses=leaves(lambda theta, low, harm: np.mean(harm * (1 - theta)))),
    wrong_answer("audit paid only where needed", expected_losses=audits(lambda p, cost, harm: p * cost)),
    wrong_answer("audit paid only where in vain", expected_losses=audits(lambda p, cost, harm: cost - p * cost)),
    wrong_answer("harm after the audit", expected_losses=audits(lambda p, cost, harm: cost + p * harm)),
    wrong_answer("different", expected_losses=audits(lambda p, cost, harm: cost / 2)),
    wrong_answer("shape", expected_losses=lambda theta, low, cost, harm: harm * share(theta, low)),
    wrong_answer("point estimate", audit=rule(lambda theta, low, cost, harm: np.mean(theta) < low)),
    wrong_answer("more likely than not", audit=rule(lambda theta, low, cost, harm: share(theta, low) > 0.5)),
    wrong_answer("more likely than not", audit=rule(lambda theta, low, cost, harm: np.quantile(theta, 0.5) < low)),
    wrong_answer("sure enough", audit=rule(lambda theta, low, cost, harm: share(theta, low) > 0.95)),
    wrong_answer("sure enough", audit=rule(lambda theta, low, cost, harm: np.quantile(theta, 0.975) < low)),
    wrong_answer("any doubt", audit=rule(lambda theta, low, cost, harm: np.quantile(theta, 0.025) < low)),
    wrong_answer("cost against harm alone", audit=rule(lambda theta, low, cost, harm: harm > cost)),
    wrong_answer("ratio upside down", audit=rule(lambda theta, low, cost, harm: share(theta, low) > harm / cost)),
    wrong_answer("worse action taken", audit=rule(lambda theta, low, cost, harm: harm * share(theta, low) < cost)),
    wrong_answer("cost of failures", audit=rule(lambda theta, low, cost, harm: np.mean(harm * (1 - theta)) > cost)),
    wrong_answer("type", audit=lambda theta, low, cost, harm: "audit" if harm * share(theta, low) > cost else "leave"),
    wrong_answer("nothing gained", worth_of_knowing=lambda theta, low, cost, harm: 0.0),
    wrong_answer("difference of the actions", worth_of_knowing=worth(lambda p, cost, harm: abs(cost - p * harm))),
    wrong_answer("loss of the better action", worth_of_knowing=worth(lambda p, cost, harm: min(cost, p * harm))),
    wrong_answer("loss with knowledge", worth_of_knowing=worth(lambda p, cost, harm: p * min(cost, harm))),
    wrong_answer("against leaving", worth_of_knowing=worth(lambda p, cost, harm: p * harm - p * min(cost, harm))),
    wrong_answer("against auditing", worth_of_knowing=worth(lambda p, cost, harm: cost - p * min(cost, harm))),
    wrong_answer("sign of the worth", worth_of_knowing=worth(lambda p, cost, harm: p * min(cost, harm) - min(cost, p * harm))),
)
