"""One seed for a whole study, one independent stream for each role in it.

A role is a word ("gibbs", "posterior_predictive"); each role and each index
within it gets its own child of ``numpy.random.SeedSequence``. Adding a role or
an index leaves every other stream as it was.
"""

import zlib
from typing import TYPE_CHECKING

import numpy as np

from hbm_lib import arguments

if TYPE_CHECKING:
    import jax


def sequence(seed: int, role: str, index: int = 0) -> np.random.SeedSequence:
    """Return the child seed sequence of one role and index.

    Parameters
    ----------
    seed : int
        The study's seed, at least 0.
    role : str
        What the random numbers are for.
    index : int
        Which chain or data set of that role.

    Returns
    -------
    numpy.random.SeedSequence

    Raises
    ------
    ValueError
        If the seed is not a whole number of at least 0.
    """
    return np.random.SeedSequence(arguments.whole("seed", seed, 0), spawn_key=(zlib.crc32(role.encode()), index))


def rng(seed: int, role: str, index: int = 0) -> np.random.Generator:
    """Return the NumPy generator of one role and index."""
    return np.random.default_rng(sequence(seed, role, index))


def rngs(seed: int, role: str, n: int) -> list[np.random.Generator]:
    """Return ``n`` independent NumPy generators of one role."""
    return [rng(seed, role, i) for i in range(n)]


def integer(seed: int, role: str, index: int = 0) -> int:
    """Return a 31-bit whole number for libraries that take one (PyMC)."""
    return int(sequence(seed, role, index).generate_state(1, np.uint32)[0] >> 1)


def jax_key(seed: int, role: str, index: int = 0) -> "jax.Array":
    """Return a JAX key of one role and index (loads JAX)."""
    import jax

    return jax.random.key(integer(seed, role, index))
