"""Hard cases for the integrals that many mu share, and how far they are from the adaptive rule with many nodes."""

import numpy as np
import pytest

from hbm_lib.models import logistic
from hbm_lib.models.logistic import integrals, many_mu

LIMIT = 1e-8
MU = np.linspace(-2, 3, 11)
BETA = np.array([-1.2, 0.1, 0.9])
X = np.array([0.3, -1.0, 0.2, 1.4, 0.0, 1.0, -0.7, 0.5])
FEW = [0, 1, 4, 0, 3, 2, 1, 5], [1, 1, 4, 9, 4, 5, 3, 11]
LARGE = [0, 1, 4, 0, 600, 3, 0, 1000], [1, 1, 4, 9, 1000, 5, 1000, 1000]
# data, the covariate's unit and where it begins, tau
CASES = {
    "tau at 0": (FEW, 1, 0, 0.0),
    "tau near 0": (LARGE, 1, 0, 1e-4),
    "tau small": (LARGE, 1, 0, 0.02),
    "few cases": (FEW, 1, 0, 0.3),
    "few cases, tau large": (FEW, 1, 0, 12.0),
    "a thousand cases, some groups separated": (LARGE, 1, 0, 0.4),
    "a thousand cases, tau large": (LARGE, 1, 0, 4.0),
    "a covariate in odd units": (LARGE, 1e-3, -5e-3, 0.5),
    "a covariate in large units far from 0": (LARGE, 1e4, 2e4, 1.5),
    "a covariate far from 0, tau small": (LARGE, 1e4, 2e4, 0.02),
}


def refuse(*_):
    """Stand in for the adaptive rule where a grid is wanted."""
    pytest.fail("the adaptive rule was used")


def given(case):
    """Return data, tau, values of beta and of mu for each."""
    (y, n), unit, start, tau = CASES[case]
    data = logistic.Data(y, n, list("abcdeefg"), {"x": start + unit * X})
    return data, tau, BETA / unit, MU + np.zeros((len(BETA), 1)) - (BETA / unit * start)[:, None]


def adaptive(data, tau, beta, mu, nodes=301):
    """Compute the same by the adaptive rule."""
    b = np.column_stack([mu.ravel(), np.repeat(beta, mu.shape[1])])
    found = integrals.groups(b, np.full(len(b), tau), data, nodes)
    return found.log_z.reshape(*mu.shape, -1), found.moments.reshape(4, *mu.shape, -1)


def grid_gaps(case, module=many_mu):
    """Largest distance of each result from the adaptive rule: absolute, and in conditional sds for alpha."""
    data, tau, beta, mu = given(case)
    log_z, moments = module.over_mu(tau, beta, mu, data, 49)
    wanted, true = adaptive(data, tau, beta, mu)
    sd = np.sqrt(np.maximum(true[1] - true[0] ** 2, 0)) + 1e-3
    gaps = {"log z": log_z - wanted, "E[alpha]": (moments[0] - true[0]) / sd, "E[p]": moments[2] - true[2],
            "E[alpha²]": (moments[1] - true[1]) / (sd**2 + np.abs(true[0]) * sd), "E[p²]": moments[3] - true[3]}
    return {name: np.abs(gap).max() for name, gap in gaps.items()}
