"""The exact engine for creators against brute force: the full covariance of the effects, summed over a plain grid."""

import makers
import numpy as np
from scipy import stats

from hbm_lib.fitting import fit_exact


def test_evidence_and_means_are_those_of_a_plain_grid():
    model, data = makers.CASES["partial_pooling"]
    prior, n = model.prior, 120
    x, w = np.polynomial.legendre.leggauss(n)
    grid, w = 4 * (x + 1), 4 * w  # half-normal(1): nothing to speak of above 8
    same = data.index[:, None] == data.index
    log_p, mean = np.empty((n, n)), np.empty((n, n, data.n_creators))
    m0 = np.full(data.n_creators, float(prior.mu_global.mu))
    for i, a in enumerate(grid):
        for j, b in enumerate(grid):
            tau = prior.mu_global.sigma**2 + a**2 * same + b**2 * np.eye(data.n_creators)
            total = tau + np.diag(data.se**2)
            log_p[i, j] = stats.multivariate_normal(m0, total).logpdf(data.effect)
            mean[i, j] = m0 + tau @ np.linalg.solve(total, data.effect - m0)
    law = stats.halfnorm()
    p = np.exp(log_p) * np.outer(w * law.pdf(grid), w * law.pdf(grid))
    evidence, p = p.sum(), p / p.sum()
    found = fit_exact(model, data)
    np.testing.assert_allclose(found.log_evidence, np.log(evidence), atol=1e-8)
    np.testing.assert_allclose(found.mean("sigma_genre"), (p.sum(1) * grid).sum(), rtol=1e-6)
    np.testing.assert_allclose(found.mean("sigma_creator"), (p.sum(0) * grid).sum(), rtol=1e-6)
    np.testing.assert_allclose(found.mean("tau"), np.einsum("ij,ijk->k", p, mean), atol=1e-6)
