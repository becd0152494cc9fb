from typing import NamedTuple

import numpy as np
import pytest

from hbm_lib.samplers.run_chains import run_chains


class Info(NamedTuple):
    calls: int


def counting(**settings):
    """A state that counts its own steps, for two chains."""
    return run_chains(
        lambda rng: np.array([0.0, 100.0]),
        lambda rng, state: (state + 1, Info(int(state[0]))),
        lambda state: {"x": state, "pair": np.stack([state, -state], -1)},
        np.random.default_rng(0), **settings,
    )


def test_warm_up_is_dropped_and_every_step_kept_in_order():
    kept, info = counting(draws=3, tune=5)
    assert kept["x"].tolist() == [[6, 7, 8], [106, 107, 108]]
    assert kept["pair"].shape == (2, 3, 2)
    assert info["calls"].tolist() == [5, 6, 7]


def test_thinning_keeps_every_third_step():
    kept, _ = counting(draws=3, tune=0, thin=3)
    assert kept["x"][0].tolist() == [3, 6, 9]


def test_what_is_kept_does_not_change_with_the_state():
    state = np.zeros(2)

    def step(rng, state):
        state += 1
        return state, Info(0)

    kept, _ = run_chains(lambda rng: state, step, lambda s: {"x": s}, np.random.default_rng(0), draws=3, tune=0)
    assert kept["x"][0].tolist() == [1, 2, 3]


@pytest.mark.parametrize("draws", [1, 4])
def test_one_generator_serves_all_and_the_same_seed_repeats(draws):
    def once():
        return run_chains(lambda rng: rng.standard_normal(3), lambda rng, s: (s + rng.standard_normal(3), Info(1)),
                          lambda s: {"x": s}, np.random.default_rng(5), draws=draws, tune=2)[0]["x"]

    assert np.array_equal(once(), once())
    assert np.unique(once()).size == once().size
