def shrinkage(tau, sigma):
    """Return the share of the way from y to mu, between 0 and 1."""
    # The precisions are 1/tau² (of mu) and 1/sigma² (of y). The share of the first,
    # (1/tau²) / (1/tau² + 1/sigma²), is this when multiplied out; this form also takes tau = 0.
    return sigma**2 / (sigma**2 + tau**2)


def shrunken_estimate(y, sigma, mu, tau):
    """Return the posterior mean of theta given mu and tau, in points."""
    # A product of two normal densities is normal; its mean weights theirs by precision.
    pull = shrinkage(tau, sigma)
    return pull * mu + (1 - pull) * y
