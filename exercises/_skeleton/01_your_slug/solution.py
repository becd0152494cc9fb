def weighted_mean(y, w):
    """Return the mean of y with weights w."""
    # Say why: only the proportions of the weights matter, so their sum is divided out.
    return (w * y).sum() / w.sum()
