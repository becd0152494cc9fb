"""What a Gibbs sweep costs as the pupils become many: it sees the schools' sums alone.

What still grows, with the logarithm of their number, is how often a slice step evaluates
its density: the posterior of sigma narrows and the slice's first interval does not.
"""

import statistics
import time
from dataclasses import replace

from benchmarks.races import SEED, exam_pupils
from hbm_lib import seeds
from hbm_lib.models import schools
from hbm_lib.models.schools import gibbs

CHAINS = 4
SIZES = (10_000, 100_000, 1_000_000)


def sweep_times(sizes: tuple[int, ...] = SIZES, sweeps: int = 400, blocks: int = 7) -> dict[str, dict[str, float]]:
    """Time sweeps on ever more pupils of the same 65 schools.

    Parameters
    ----------
    sizes : tuple of int
        Numbers of pupils.
    sweeps, blocks : int
        Sweeps in a block, and blocks for each size. Sizes take turns, so that a busy moment
        hits all alike; the median over blocks is kept.

    Returns
    -------
    dict
        For each size ``milliseconds`` of the processor a sweep of four chains, ``evaluations`` of densities in
        its slice steps, and of wall time ``construction_seconds`` (checks of the columns)
        and ``sums_seconds`` (the one pass over the pupils), each timed once, apart from the sweeps.
    """
    prior, ready, out = schools.random_intercept().prior, {}, {}
    for n in sizes:
        pupils = exam_pupils(n)
        start = time.perf_counter()
        data = replace(pupils, y=pupils.y)
        built = time.perf_counter()
        data.sums  # noqa: B018 -- taken once and kept
        summed = time.perf_counter()
        rng = seeds.rng(SEED, "sweeps", n)
        state = gibbs.init(rng, data, prior, CHAINS)
        for _ in range(200):
            state, _ = gibbs.step(rng, state, data, prior)
        ready[n] = rng, data, state
        out[str(n)] = {"construction_seconds": built - start, "sums_seconds": summed - built}
    spent, calls = {n: [] for n in sizes}, dict.fromkeys(sizes, 0)
    for _ in range(blocks):
        for n, (rng, data, state) in ready.items():
            start = time.process_time()
            for _ in range(sweeps):
                state, info = gibbs.step(rng, state, data, prior)
                calls[n] += info.evaluations
            spent[n].append((time.process_time() - start) / sweeps)
            ready[n] = rng, data, state
    for n in sizes:
        out[str(n)] |= {"milliseconds": 1000 * statistics.median(spent[n]), "evaluations": calls[n] / (sweeps * blocks)}
    return out
