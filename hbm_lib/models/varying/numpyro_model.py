"""Groups with their own coefficients in NumPyro."""

from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.linalg import solve_triangular

from hbm_lib.models.varying.covariance import LKJ, InverseWishart
from hbm_lib.models.varying.prior import Prior
from hbm_lib.models.varying.spec import Data


def wishart_root(law: InverseWishart) -> jnp.ndarray:
    """Return L = C W^-1, the lower Cholesky factor of Sigma, from Bartlett's triangle W."""
    q = law.size
    square = numpyro.sample("w_square", dist.Gamma(jnp.asarray(law.degrees() / 2), 0.5).to_event(1))
    w = jnp.diag(jnp.sqrt(square))
    if q > 1:
        i, j = np.tril_indices(q, -1)
        w = w.at[i, j].set(numpyro.sample("w_below", dist.Normal(0, 1).expand([len(i)]).to_event(1)))
    return solve_triangular(w, jnp.asarray(law.root.T), trans=1, lower=True).T


def lkj_root(law: LKJ) -> jnp.ndarray:
    """Return the lower Cholesky factor of Sigma from standard deviations and partial correlations."""
    q = law.size
    tau = jnp.stack([numpyro.sample(f"tau_{k}", one.numpyro()) for k, one in enumerate(law.scales)])
    if q == 1:
        return tau[:, None]
    b = jnp.asarray(law.shapes())
    share, at = numpyro.sample("partial_share", dist.Beta(b, b).to_event(1)), 0
    root = jnp.zeros((q, q)).at[0, 0].set(1.0)
    for k in range(1, q):
        left = 1.0
        for j in range(k):
            partial = 2 * share[at] - 1
            root = root.at[k, j].set(partial * left)
            left, at = left * jnp.sqrt(1 - partial**2), at + 1
        root = root.at[k, k].set(left)
    return tau[:, None] * root


def build(data: Data, prior: Prior, form: str) -> Callable[[object], None]:
    """Return the NumPyro model, a function of y; ``form`` is "noncentered" or "centered"."""
    q, groups = prior.size, data.n_groups

    def model(y: object = None) -> None:
        index, x = jnp.asarray(data.index), jnp.asarray(data.x)
        mu = numpyro.sample("mu", dist.MultivariateNormal(
            jnp.asarray(prior.center), covariance_matrix=jnp.asarray(prior.spread @ prior.spread.T)))
        root = wishart_root(prior.covariance) if isinstance(prior.covariance, InverseWishart) else lkj_root(prior.covariance)
        noise = numpyro.sample(prior.noise, getattr(prior, prior.noise).numpyro())
        sigma = numpyro.deterministic("sigma", jnp.sqrt(noise)) if prior.noise == "sigma2" else noise
        if prior.noise == "sigma":
            numpyro.deterministic("sigma2", noise**2)
        if form == "centered":
            beta = numpyro.sample("beta", dist.MultivariateNormal(mu, scale_tril=root).expand([groups]).to_event(1))
        else:
            eta = numpyro.sample("eta", dist.Normal(0, 1).expand([groups, q]).to_event(2))
            beta = numpyro.deterministic("beta", mu + eta @ root.T)
        covariance = numpyro.deterministic("covariance", root @ root.T)
        tau = numpyro.deterministic("tau", jnp.sqrt(jnp.diag(covariance)))
        if q > 1:
            i, j = np.triu_indices(q, 1)
            numpyro.deterministic("rho", covariance[i, j] / (tau[i] * tau[j]))
        numpyro.sample("y", dist.Normal((beta[index] * x).sum(-1), sigma).to_event(1), obs=y)

    return model
