"""The two NUTS wrappers on a posterior of two numbers that is known in closed form."""

import numpy as np
import pytest

from hbm_lib.samplers import nuts

Y = np.array([1.0, 3.0, 5.0])
"""y ~ N(m, 2), m ~ N(0, 3): precision 3/4 + 1/9, mean (9/4) / (3/4 + 1/9)."""
MEAN, SD = (9 / 4) / (3 / 4 + 1 / 9), (3 / 4 + 1 / 9) ** -0.5
SETTINGS = {"draws": 400, "tune": 300, "chains": 2, "target_accept": 0.9}


def sample(engine, seed):
    if engine == "pymc":
        import pymc as pm

        with pm.Model() as model:
            m = pm.Normal("m", 0, 3)
            pm.Deterministic("twice", 2 * m)
            pm.Normal("y", m, 2, observed=Y)
        return nuts.sample_pymc(model, ["m", "twice"], seed=seed, **SETTINGS)
    import numpyro
    import numpyro.distributions as dist

    def model(y):
        m = numpyro.sample("m", dist.Normal(0, 3))
        numpyro.deterministic("twice", 2 * m)
        numpyro.sample("y", dist.Normal(m, 2), obs=y)

    return nuts.sample_numpyro(model, ["m", "twice"], Y, seed=seed, **SETTINGS)


@pytest.fixture(scope="module", params=["pymc", "numpyro"])
def run(request, seed_for):
    return sample(request.param, seed_for(f"nuts {request.param}"))


def test_shapes_and_types(run):
    draws, stats = run
    assert set(draws) == {"m", "twice"}
    assert all(v.shape == (2, 400) and v.dtype == np.float64 and isinstance(v, np.ndarray) for v in draws.values())
    assert {"diverging", "energy", "n_steps", "acceptance_rate", "lp", "step_size"} <= set(stats)
    assert all(v.shape == (2, 400) and isinstance(v, np.ndarray) for v in stats.values())
    assert stats["diverging"].dtype == bool


def test_a_deterministic_follows_its_parameter(run):
    draws, _ = run
    assert draws["twice"] == pytest.approx(2 * draws["m"], rel=1e-12)


def test_the_law_is_right(run):
    """800 draws of a normal: autocorrelation at most halves them twice, so 5 SE of 200 draws is generous yet binding."""
    draws, stats = run
    assert abs(draws["m"].mean() - MEAN) < 5 * SD / np.sqrt(200)
    assert draws["m"].std() == pytest.approx(SD, rel=5 / np.sqrt(2 * 200))
    assert not stats["diverging"].any()
    assert np.ptp(draws["m"].mean(1)) > 0, "chains differ"


def test_the_log_density_is_that_of_the_draw(run):
    draws, stats = run
    change = -0.5 * ((draws["m"] - MEAN) / SD) ** 2
    assert np.ptp(stats["lp"] - change) < 1e-6
