def draw_sigma2(rng, y, X, group, beta, gamma, mean, precision, a, b):
    """Return one draw of sigma2 given everything else, a number."""
    # The rows bring n squares over 2 sigma2: what is left of y without line and offset.
    left = y - X @ beta - gamma[group]
    # The prior of beta is in units of sigma2, so it brings p more: as if there were p rows more.
    apart = beta - mean
    squares = left @ left + apart @ precision @ apart
    return (b + squares / 2) / rng.standard_gamma(a + (len(y) + len(beta)) / 2)
