"""Geweke's joint distribution test, with independent replicates.

A posterior sampler and a data simulator together make a chain on the joint
distribution of parameters and data: new data given the parameters, then one
step of the sampler given the data. If both are right the chain keeps the joint
distribution (Geweke 2004, JASA 99, 799-804). Here K chains *start* in it, by
exact draws from the prior, so that after T sweeps they are K independent draws
from it again, whatever the chain's autocorrelation. What is tested are values
uniform on (0, 1): each parameter through its prior's distribution function.
They are bounded, so that a heavy-tailed prior hurts no test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

Draws = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class JointTest:
    """The outcome of Geweke's test.

    Attributes
    ----------
    table : pandas.DataFrame
        One row a test: ``what``, ``test`` (``uniform``, ``mean``), ``statistic``
        and ``p_value``, smallest first.
    level : float
        Probability that a right sampler fails; each test has its equal share.
    replicates, sweeps : int
        K and T.
    """

    table: pd.DataFrame
    level: float
    replicates: int
    sweeps: int

    @property
    def p_value(self) -> float:
        """The smallest p-value, times the number of tests (Bonferroni)."""
        return float(min(1.0, self.table["p_value"].min() * len(self.table)))

    @property
    def ok(self) -> bool:
        """Whether nothing distinguishes the chain's draws from the prior's."""
        return self.p_value > self.level

    @property
    def verdict(self) -> str:
        """One sentence."""
        if self.ok:
            return (f"After {self.sweeps} sweeps {self.replicates} chains still follow the joint distribution "
                    f"({len(self.table)} tests).")
        worst = self.table.iloc[0]
        return (f"The sampler does not keep the joint distribution: {worst['what']} ({worst['test']} test), "
                f"p = {worst['p_value']:.1e} in one of {len(self.table)} tests.")


def uniform_tests(uniforms: Draws) -> pd.DataFrame:
    """Test that values are uniform and, in pairs, uncorrelated.

    Parameters
    ----------
    uniforms : mapping of str to array of shape (K,)
        Independent replicates in (0, 1), uniform and independent of each other
        if all is right.

    Returns
    -------
    pandas.DataFrame
        Kolmogorov-Smirnov for each; z tests that (u - 1/2)(v - 1/2) has mean 0
        for each pair, and the same with one or both of the two squared (less 1/12):
        the squares see noise that should be each group's own and is shared.
    """
    rows = []
    for name, u in uniforms.items():
        found = stats.kstest(u, "uniform")
        rows.append((name, "uniform", found.statistic, found.pvalue))
    centred = {name: np.asarray(u) - 0.5 for name, u in uniforms.items()}
    for a, b in combinations(centred, 2):
        u, v = centred[a], centred[b]
        u2, v2 = u**2 - 1 / 12, v**2 - 1 / 12
        for what, product in ((f"{a} · {b}", u * v), (f"{a}² · {b}", u2 * v), (f"{a} · {b}²", u * v2), (f"{a}² · {b}²", u2 * v2)):
            z = product.mean() / (product.std(ddof=1) / np.sqrt(len(product)))
            rows.append((what, "mean", z, 2 * stats.norm.sf(abs(z))))
    table = pd.DataFrame(rows, columns=["what", "test", "statistic", "p_value"])
    return table.sort_values("p_value", ignore_index=True)


def joint_test(
    draw_prior: Callable[[np.random.Generator, int], Draws],
    predict: Callable[[np.random.Generator, Draws], np.ndarray],
    start: Callable[[np.random.Generator, Draws, np.ndarray], Any],
    step: Callable[[np.random.Generator, Any, np.ndarray], Any],
    record: Callable[[Any], Draws],
    uniforms: Callable[[Draws, np.ndarray], Draws],
    rng: np.random.Generator,
    *,
    replicates: int = 4000,
    sweeps: int = 10,
    level: float = 1e-3,
) -> JointTest:
    """Run Geweke's joint distribution test on a sampler.

    Parameters
    ----------
    draw_prior : callable
        ``draw_prior(rng, K)`` returns exact prior draws {name: (K, ...)}.
    predict : callable
        ``predict(rng, draws)`` returns one data set for each draw, (K, J).
    start : callable
        ``start(rng, draws, y)`` puts the draws into the sampler's state.
    step : callable
        ``step(rng, state, y)`` returns the state after one sweep. Chain k sees
        the data set ``y[k]`` only.
    record : callable
        ``record(state)`` returns {name: (K, ...)}.
    uniforms : callable
        ``uniforms(draws, y)`` returns {name: (K,)}, independent uniforms on
        (0, 1) under the joint distribution: prior distribution functions of
        parameters and of standardized effects and errors.
    rng : numpy.random.Generator
        Source of randomness.
    replicates, sweeps : int
        Number K of independent chains, and T of sweeps each makes. More
        replicates see smaller faults; more sweeps let a fault grow.
    level : float
        Probability that a right sampler fails.

    Returns
    -------
    JointTest
    """
    draws = draw_prior(rng, replicates)
    y = predict(rng, draws)
    state = start(rng, draws, y)
    for sweep in range(sweeps):
        if sweep:
            y = predict(rng, record(state))
        state = step(rng, state, y)
    # (parameters, y) right after a step: the pair shows a fault that the parameters alone hide
    return JointTest(uniform_tests(uniforms(record(state), y)), level, replicates, sweeps)
