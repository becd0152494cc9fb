def weight(n, tau, sigma):
    """Return the weight of a school's own average, between 0 and 1."""
    # The precisions are n/sigma² (of the average) and 1/tau² (of mu). The share of the first is
    # this when multiplied out; this form also takes tau = 0.
    return n * tau**2 / (n * tau**2 + sigma**2)


def pooled_estimate(average, n, mu, tau, sigma):
    """Return the posterior mean of theta given mu, tau and sigma, in points."""
    # A product of two normal densities is normal; its mean weights theirs by precision.
    own = weight(n, tau, sigma)
    return own * average + (1 - own) * mu
