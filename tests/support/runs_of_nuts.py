"""What NUTS says of itself in a healthy run: the ground on which a test plants a fault."""

from dataclasses import replace

import numpy as np

from hbm_lib.protocols.eight_schools.runs import Run


def run(**changes):
    """A healthy sampler, eight runs."""
    jitter = np.linspace(-1, 1, 8)
    fine = Run(
        engine="pymc",
        form="noncentered",
        divergences=np.zeros(8, int),
        draws=4000,
        rhat=1.002 + 0.001 * jitter,
        ess_tau=1750 + 200 * jitter,
        ess_tail_tau=1600 + 200 * jitter,
        ess_least=1500 + 100 * jitter,
        bfmi=0.88 + 0.03 * jitter,
        leapfrog=12.4 + 0.3 * jitter,
        seconds=1.0,
    )
    return replace(fine, **changes)
