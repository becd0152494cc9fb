import numpy as np


def losses(theta, low, cost, harm):
    """Return the loss of both actions at every draw, shape (2, S)."""
    leave = harm * (np.asarray(theta) < low)
    return np.array([leave, np.full(leave.shape, float(cost))])


def expected_losses(theta, low, cost, harm):
    """Return the expected losses of leaving alone and of an audit."""
    leave, checked = losses(theta, low, cost, harm).mean(1)
    return leave, checked


def audit(theta, low, cost, harm):
    """Return whether an audit is the better action."""
    # The same as P(theta < low) > cost / harm: where the point estimate lies plays no part.
    leave, checked = expected_losses(theta, low, cost, harm)
    return bool(checked < leave)


def worth_of_knowing(theta, low, cost, harm):
    """Return by how much the expected loss falls if theta is known beforehand."""
    # Whoever knows chooses draw by draw: first the minimum, then the mean.
    each = losses(theta, low, cost, harm)
    return each.mean(1).min() - each.min(0).mean()
