import numpy as np


def mean_omega(n, psi):
    """Return the mean of PG(n, psi)."""
    # d/dpsi of log E[exp(-omega psi^2 / 2)] = -n log cosh(psi/2) is -psi times this mean.
    if abs(psi) < 1e-6:
        return n / 4
    return n * np.tanh(psi / 2) / (2 * psi)


def draw_alpha(rng, k, n, x, doctor, omega, beta, mu, tau):
    """Return one draw of the doctors' logits given all the rest."""
    # A row measures its own logit with precision omega. Precisions add up, with that of the colleagues.
    precision = np.bincount(doctor, omega) + 1 / tau**2
    # What a row says of alpha is what it says of psi, less what the severity explains.
    lean = np.bincount(doctor, k - n / 2 - omega * beta * x) + mu / tau**2
    return lean / precision + rng.standard_normal(len(precision)) / np.sqrt(precision)
