"""A small hierarchical regression written out by hand: its joint density, its conditionals, its draws.

Wrong versions stand beside the right ones, each under the slip's name: what the debugger must find.
"""

import numpy as np
from scipy import stats

N, P, J = 40, 2, 5
A, B, A_TAU, B_TAU = 3.0, 2.0, 2.5, 1.5
MEAN, PRECISION = np.array([0.3, -0.2]), np.array([[0.5, 0.1], [0.1, 0.4]])


def data(seed):
    """Rows, groups and outcomes."""
    rng = np.random.default_rng([seed, 3])
    x = np.column_stack([np.ones(N), rng.normal(size=N)])
    g = np.concatenate([np.arange(J), rng.integers(J, size=N - J)])
    return x, g, x @ [1.0, -0.5] + rng.normal(size=J)[g] + rng.normal(size=N)


def log_joint(x, g, y):
    """The log joint density as a function of a point."""
    def at(p):
        s2, t2 = p["sigma2"], p["tau2"]
        gap, left = p["beta"] - MEAN, y - x @ p["beta"] - p["gamma"][g]
        return float(-(N + P) / 2 * np.log(s2) - (left @ left + gap @ PRECISION @ gap) / (2 * s2)
                     - J / 2 * np.log(t2) - p["gamma"] @ p["gamma"] / (2 * t2)
                     - (A + 1) * np.log(s2) - B / s2 - (A_TAU + 1) * np.log(t2) - B_TAU / t2)
    return at


def log_joint_by_scipy(x, g, y):
    """The same with SciPy's densities, constants and all."""
    return lambda p: float(
        stats.norm.logpdf(y, x @ p["beta"] + p["gamma"][g], np.sqrt(p["sigma2"])).sum()
        + stats.multivariate_normal.logpdf(p["beta"], MEAN, p["sigma2"] * np.linalg.inv(PRECISION))
        + stats.norm.logpdf(p["gamma"], 0, np.sqrt(p["tau2"])).sum()
        + stats.invgamma.logpdf(p["sigma2"], A, scale=B) + stats.invgamma.logpdf(p["tau2"], A_TAU, scale=B_TAU))


def laws(x, g, y, slip=None):
    """Parameters of each full conditional given the rest; ``slip`` plants one mistake."""
    counts = np.bincount(g, minlength=J)

    def beta(p):
        precision = (x.T @ x + PRECISION) / p["sigma2"]
        left = y if slip == "beta forgets gamma" else y - p["gamma"][g]
        right = (x.T @ left + (0 if slip == "beta forgets its prior mean" else PRECISION @ MEAN)) / p["sigma2"]
        cov = np.linalg.inv(precision)
        return cov @ right, cov * p["sigma2"] if slip == "beta's variance times sigma2" else cov

    def gamma(p):
        tau2 = np.sqrt(p["tau2"]) if slip == "sd for variance in gamma" else p["tau2"]
        variance = 1 / (counts / p["sigma2"] + 1 / tau2)
        groups = np.roll(g, 1) if slip == "gamma's groups shifted" else g
        mean = variance * np.bincount(groups, y - x @ p["beta"], minlength=J) / p["sigma2"]
        return mean, np.sqrt(variance) if slip == "gamma's sd is the root of the sd" else variance

    def sigma2(p):
        rss = ((y - x @ p["beta"] - p["gamma"][g]) ** 2).sum()
        gap = p["beta"] - MEAN
        if slip == "beta's prior forgotten in sigma2":
            return A + N / 2, B + rss / 2
        return A + (N + P) / 2, B + (rss + gap @ PRECISION @ gap) / (1 if slip == "no half in sigma2" else 2)

    def tau2(p):
        shape = A_TAU + (J - 1 if slip == "one group too few" else J) / 2
        return shape, (0 if slip == "tau2's prior scale forgotten" else B_TAU) + (p["gamma"] ** 2).sum() / 2

    return {"beta": beta, "gamma": gamma, "sigma2": sigma2, "tau2": tau2}


def densities(x, g, y, slip=None):
    """The claimed log conditionals."""
    law = laws(x, g, y, slip)

    def scale(name):
        def at(value, rest):
            shape, size = law[name](rest)
            if slip == f"rate for scale in {name}":
                size = 1 / size
            return stats.invgamma.logpdf(value, shape, scale=size)
        return at

    return {
        "beta": lambda v, rest: stats.multivariate_normal.logpdf(v, *law["beta"](rest)),
        "gamma": lambda v, rest: stats.norm.logpdf(v, law["gamma"](rest)[0], np.sqrt(law["gamma"](rest)[1])).sum(),
        "sigma2": scale("sigma2"), "tau2": scale("tau2"),
    }


def updates(x, g, y, slip=None):
    """The drawing functions."""
    law = laws(x, g, y, slip)

    def scale(name):
        def draw(rng, p):
            shape, size = law[name](p)
            return 1 / rng.gamma(shape, size if slip == f"rate for scale in {name}" else 1 / size)
        return draw

    def gamma(rng, p):
        mean, variance = law["gamma"](p)
        noise = rng.normal() if slip == "one noise for all groups" else rng.normal(size=J)
        return mean + np.sqrt(variance) * noise

    return {"beta": lambda rng, p: rng.multivariate_normal(*law["beta"](p)), "gamma": gamma,
            "sigma2": scale("sigma2"), "tau2": scale("tau2")}


def points(seed, how_many=3):
    """General points: scales away from 1, where a variance and its root differ."""
    rng = np.random.default_rng([seed, 5])
    return [{"beta": rng.normal(size=P), "gamma": rng.normal(size=J), "sigma2": 3 * np.exp(rng.normal(0, 0.2)),
             "tau2": 0.2 * np.exp(rng.normal(0, 0.2))} for _ in range(how_many)]


SLIPS = {
    "beta forgets gamma": ("beta", "mean is off"),
    "beta forgets its prior mean": ("beta", "mean is off"),
    "beta's variance times sigma2": ("beta", "variance is"),
    "sd for variance in gamma": ("gamma", "variance is"),
    "gamma's groups shifted": ("gamma", "mean is off"),
    "gamma's sd is the root of the sd": ("gamma", "standard deviation used as the variance"),
    "beta's prior forgotten in sigma2": ("sigma2", "shape is too small by 1"),
    "no half in sigma2": ("sigma2", "scale is"),
    "rate for scale in sigma2": ("sigma2", "rate for the scale"),
    "one group too few": ("tau2", "shape is too small by 0.5"),
    "tau2's prior scale forgotten": ("tau2", "scale is"),
    "rate for scale in tau2": ("tau2", "rate for the scale"),
}
