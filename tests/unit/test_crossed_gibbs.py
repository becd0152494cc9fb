"""The Gibbs sampler for crossed effects against brute force: covariances written out, summed over a plain grid of four scales."""

import crossing
import numpy as np
import pytest
from scipy import stats

from hbm_lib import fit
from hbm_lib.fitting import fit_exact
from hbm_lib.model import EngineError
from hbm_lib.models import crossed
from hbm_lib.models.crossed import gibbs, simulate
from hbm_lib.models.crossed.spec import SCALES

CHAINS = 24


@pytest.fixture(scope="module")
def wanted():
    """Posterior means of the scales and of tau by Gauss-Legendre over the four scales."""
    data = crossing.DATA
    x, w = np.polynomial.legendre.leggauss(16)
    x, w = 2.75 * (x + 1), 2.75 * w * stats.halfnorm.pdf(2.75 * (x + 1))
    same = [index[:, None] == index for index in (data.index, data.segment_index, data.cell)]
    scales = np.stack(np.meshgrid(x, x, x, x, indexing="ij"), -1).reshape(-1, 4)
    p = np.prod(np.stack(np.meshgrid(w, w, w, w, indexing="ij"), -1).reshape(-1, 4), axis=1)
    mean = np.empty((len(p), data.n_creators))
    for rows in np.array_split(np.arange(len(p)), 16):
        s2 = scales[rows] ** 2
        tau = 1.0 + np.einsum("rk,kij->rij", s2, np.array([*same, np.eye(data.n_creators)]))
        total = tau + np.diag(data.se**2)
        solved = np.linalg.solve(total, np.broadcast_to(data.effect[:, None], (len(rows), data.n_creators, 1)))[..., 0]
        p[rows] *= np.exp(-0.5 * (solved @ data.effect)) / np.sqrt(np.linalg.det(total))
        mean[rows] = np.einsum("rij,rj->ri", tau, solved)
    p /= p.sum()
    return dict(zip(SCALES, p @ scales, strict=True)) | {"tau": p @ mean}


@pytest.mark.parametrize("form", gibbs.FORMS)
def test_means_are_those_of_a_plain_grid(form, wanted, seed):
    model, data = crossing.CASES["genre_by_segment"]
    draws = fit(model, data, engine="gibbs", seed=seed, chains=CHAINS, draws=2000, tune=300, form=form)["posterior"]
    limit = stats.t.isf(0.5e-3 / (3 * (4 + data.n_creators)), CHAINS - 1)
    for name, truth in wanted.items():
        each = draws[name].values.mean(1)
        error, sd = each.std(0, ddof=1) / np.sqrt(CHAINS), draws[name].values.std((0, 1))
        assert np.all(error < 0.05 * sd), name
        assert np.all(np.abs(each.mean(0) - truth) < limit * np.hypot(error, 1e-3)), name


def test_the_block_draw_has_the_law_of_the_full_covariance():
    model, data = crossing.CASES["genre_by_segment"]
    scales = np.array([[0.5, 0.8, 0.3, 0.6], [1.5, 0.1, 0.7, 0.2]])
    mean, precision = gibbs.location_law(scales, data, model.prior)
    x = gibbs.cells(data)[data.cell]
    for k, s in enumerate(scales):
        before = np.diag(np.concatenate([[1.0], np.full(2, s[0] ** 2), np.full(3, s[1] ** 2), np.full(6, s[2] ** 2)]))
        total = x @ before @ x.T + np.diag(data.se**2 + s[3] ** 2)
        gain = before @ x.T @ np.linalg.inv(total)
        np.testing.assert_allclose(mean[k], gain @ data.effect, atol=1e-10)
        np.testing.assert_allclose(np.linalg.inv(precision[k]), before - gain @ x @ before, atol=1e-10)


def test_made_up_creators_have_the_scales_that_were_asked_for(seed):
    model = crossed.genre_by_segment()
    data, truth = simulate.make_up(seed, model.prior, genres=40, segments=40, each=2, sigma_cell=0.3, sigma_creator=0.5)
    assert truth["interaction"].std() == pytest.approx(0.3, rel=0.1)
    gap = truth["tau"] - crossing.generative.location(truth, data)
    assert gap.std() == pytest.approx(0.5, rel=0.1)
    assert np.std((data.effect - truth["tau"]) / data.se) == pytest.approx(1, rel=0.1)


def test_what_cannot_be_done_is_said():
    with pytest.raises(EngineError, match="four scales"):
        fit_exact(*crossing.CASES["genre_by_segment"])
    with pytest.raises(ValueError, match="segment"):
        crossed.Data([1, 2], [1, 1], ["a", "b"], ["x", None])
