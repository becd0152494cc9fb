"""The Gibbs sampler of the log-normal hurdle keeps the joint distribution of parameters and users' sums.

Only bugs that this test sees at its size by far are planted here; all conditionals are held without Monte Carlo error in
``unit/test_skewed_conditionals``.
"""

import numpy as np
import pytest
from planting import planted
from scipy import stats

from hbm_lib.diagnostics.geweke import joint_test
from hbm_lib.models import skewed
from hbm_lib.models.creators import gibbs as creators_gibbs
from hbm_lib.models.skewed import Coefficient, generative, gibbs
from hbm_lib.priors import HalfNormal, Normal, Uniform

SHARE = Coefficient(Normal(-1, 0.5), HalfNormal(0.5), HalfNormal(0.5))
EFFECT = Coefficient(Normal(0.2, 0.5), HalfNormal(0.3), HalfNormal(0.3))
MODEL = skewed.hurdle_lognormal().with_prior(share_level=SHARE, share_effect=EFFECT, mean_level=Coefficient(
    Normal(1, 1), HalfNormal(0.5), HalfNormal(0.5)), mean_effect=EFFECT, shape=Uniform(0.5, 1.5))
USERS = np.array([[1, 5, 20, 8], [2, 4, 30, 9]])
ZERO = np.zeros((2, 4))
DATA = skewed.Data(USERS, list("aabb"), list("wxyz"), ZERO, ZERO, ZERO, ZERO)


def predict(rng, draws):
    """Payers, mean of their logs and squares about it, (K, 3, 2, N)."""
    payers = rng.binomial(USERS, 1 / (1 + np.exp(-generative.predictor(draws, "share"))))
    s = draws["shape"][:, None, None]
    mean = generative.predictor(draws, "mean") - s**2 / 2 + s * rng.standard_normal(payers.shape) / np.sqrt(np.maximum(payers, 1))
    squares = s**2 * 2 * rng.standard_gamma(np.maximum(payers - 1, 1e-9) / 2) * (payers > 1)
    return np.stack([payers, mean * (payers > 0), squares], axis=1)


def start(rng, draws, y):
    found = {}
    for c in MODEL.prior.coefficients:
        genre = draws[f"{c}_genre"] - draws[f"{c}_mu"][:, None]
        found[c] = creators_gibbs.State(draws[f"{c}_sigma_genre"], draws[f"{c}_sigma_creator"], draws[f"{c}_mu"], genre,
                                        draws[c] - draws[f"{c}_genre"][:, DATA.index])
    return gibbs.State(found, draws["shape"])


def uniforms(draws, y):
    """Each parameter through its prior's distribution function; the first creator and the third of each coefficient."""
    out = {"shape": MODEL.prior.shape.cdf(draws["shape"])}
    for c in MODEL.prior.coefficients:
        law = getattr(MODEL.prior, c)
        out |= {f"{c}_{n}": getattr(law, n).cdf(draws[f"{c}_{n}"]) for n in ("mu", "sigma_genre", "sigma_creator")}
        gap = (draws[c] - draws[f"{c}_genre"][:, DATA.index]) / draws[f"{c}_sigma_creator"][:, None]
        out |= {f"{c}[{i}]": stats.norm.cdf(gap[:, i]) for i in (0, 2)}
    return {n: np.clip(u, 1e-12, 1 - 1e-12) for n, u in out.items()}


def run(seed, module=gibbs, form="interwoven", replicates=1000):
    data = lambda y: DATA.replicated(*np.moveaxis(y, 1, 0))  # noqa: E731
    return joint_test(
        lambda rng, n: generative.draw_prior(rng, DATA, MODEL.prior, n), predict, start,
        lambda rng, state, y: module.step(rng, state, data(y), MODEL.prior, form)[0],
        lambda state: gibbs.record(state, DATA, MODEL.prior), uniforms, np.random.default_rng(seed),
        replicates=replicates, sweeps=4, level=1e-4)


def test_joint_distribution_is_kept(seed):
    found = run(seed)
    assert found.ok, found.verdict


# what is wrong: (sound source, broken source)
BUGS = {
    "half of the users is not taken off the payers": ("(data.payers - data.users / 2) / weight", "data.payers / weight"),
    "log m without half the variance": (
        "np.broadcast_to(data.mean_log, shape) + squared / 2", "np.broadcast_to(data.mean_log, shape)"),
    "control takes the effect too": (
        "return np.stack([level, level + effect]", "return np.stack([level + effect, level + effect]"),
    "the effect sees the control arm": ("total, value = precision[:, 1], seen[:, 1] - other",
                                        "total, value = precision[:, 0], seen[:, 0] - other"),
    "squares about the mean dropped": ("squares = (data.squares + data.payers * gap**2)", "squares = (data.payers * gap**2)"),
}


@pytest.mark.parametrize("bug", BUGS)
def test_a_bug_is_caught(bug, seed):
    found = run(seed, planted(gibbs, *BUGS[bug]))
    assert not found.ok, f"{bug}: {found.verdict}"
