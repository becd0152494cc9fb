"""Groups with their own coefficients in PyMC."""

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pytensor.tensor.linalg import solve_triangular

from hbm_lib.models.varying.covariance import LKJ, InverseWishart
from hbm_lib.models.varying.prior import Prior
from hbm_lib.models.varying.spec import Data


def wishart_root(law: InverseWishart) -> pt.TensorVariable:
    """Return L = C W^-1, the lower Cholesky factor of Sigma, from Bartlett's triangle W."""
    q = law.size
    square = pm.Gamma("w_square", law.degrees() / 2, np.full(q, 0.5), shape=q)
    w = pt.diag(pt.sqrt(square))
    if q > 1:
        i, j = np.tril_indices(q, -1)
        w = pt.set_subtensor(w[i, j], pm.Normal("w_below", np.float64(0), np.float64(1), shape=len(i)))
    return solve_triangular(w.T, pt.as_tensor(law.root.T), lower=False).T


def lkj_root(law: LKJ) -> pt.TensorVariable:
    """Return the lower Cholesky factor of Sigma from standard deviations and partial correlations."""
    q = law.size
    tau = pt.stack([one.pymc(f"tau_{k}") for k, one in enumerate(law.scales)])
    if q == 1:
        return tau[:, None]
    b = law.shapes()
    share = pm.Beta("partial_share", b, b, shape=len(b))
    root, at = pt.zeros((q, q)), 0
    root = pt.set_subtensor(root[0, 0], 1.0)
    for k in range(1, q):
        left = pt.ones(())
        for j in range(k):
            partial = 2 * share[at] - 1
            root = pt.set_subtensor(root[k, j], partial * left)
            left, at = left * pt.sqrt(1 - partial**2), at + 1
        root = pt.set_subtensor(root[k, k], left)
    return tau[:, None] * root


def build(data: Data, prior: Prior, form: str) -> pm.Model:
    """Return the PyMC model; ``form`` is "noncentered" or "centered"."""
    q, groups = prior.size, data.n_groups
    with pm.Model(coords=data.coords()) as model:
        y = pm.Data("y_data", data.y, dims="row")
        mu = pm.MvNormal("mu", prior.center, cov=prior.spread @ prior.spread.T, dims="coefficient")
        root = wishart_root(prior.covariance) if isinstance(prior.covariance, InverseWishart) else lkj_root(prior.covariance)
        noise = getattr(prior, prior.noise).pymc(prior.noise)
        sigma = pm.Deterministic("sigma", pt.sqrt(noise)) if prior.noise == "sigma2" else noise
        if prior.noise == "sigma":
            pm.Deterministic("sigma2", noise**2)
        if form == "centered":
            beta = pm.MvNormal("beta", mu, chol=root, shape=(groups, q), dims=("group", "coefficient"))
        else:
            eta = pm.Normal("eta", np.float64(0), np.float64(1), shape=(groups, q))
            beta = pm.Deterministic("beta", mu + eta @ root.T, dims=("group", "coefficient"))
        covariance = pm.Deterministic("covariance", root @ root.T, dims=("coefficient", "other"))
        tau = pm.Deterministic("tau", pt.sqrt(pt.diag(covariance)), dims="coefficient")
        if q > 1:
            i, j = np.triu_indices(q, 1)
            pm.Deterministic("rho", covariance[i, j] / (tau[i] * tau[j]), dims="pair")
        pm.Normal("y", (beta[data.index] * data.x).sum(-1), sigma, observed=y, dims="row")
    return model
