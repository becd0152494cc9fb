import numpy as np


def posterior(X, y, mean, precision, a, b):
    """Return m_n, V_n, a_n and b_n of the posterior."""
    # Precisions add up, and so do precisions times centers: the prior is as good as more rows.
    V = np.linalg.inv(precision + X.T @ X)
    center = V @ (precision @ mean + X.T @ y)
    # What neither the rows nor the prior let the line explain is noise. The p powers of sigma2 that
    # the prior of beta brings belong to the normal law of beta again, so only n/2 are left here.
    left, apart = y - X @ center, center - mean
    return center, V, a + len(y) / 2, b + (left @ left + apart @ precision @ apart) / 2


def last_slope(X, y, mean, precision, a, b):
    """Return degrees of freedom, center and scale of the last coefficient's Student-t law."""
    # sigma2 is not known: b_n / a_n stands in its place, and the tails of t pay for it.
    center, V, a_n, b_n = posterior(X, y, mean, precision, a, b)
    return 2 * a_n, center[-1], np.sqrt(b_n / a_n * V[-1, -1])
