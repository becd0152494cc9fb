def pooled(y, sigma):
    """Return the pooled estimate and its standard error, in points."""
    # The precision is one over the variance. Precisions of independent sources add up.
    w = 1 / sigma**2
    estimate = (w * y).sum() / w.sum()
    return estimate, 1 / w.sum() ** 0.5


def heterogeneity(y, sigma):
    """Return Cochran's Q and I² (a fraction)."""
    estimate, _ = pooled(y, sigma)
    q = ((y - estimate) ** 2 / sigma**2).sum()
    # One of the J degrees of freedom is spent on the estimate; a share is not below 0.
    expected = len(y) - 1
    return q, max(0.0, (q - expected) / q)
