"""Models of groups with their own coefficients, with data that fits them, and random points at which to look.

The same names as in ``eight``, ``pupils`` and ``lines``, so that one check serves all studies.
"""

import jax
import jax.numpy as jnp
import numpy as np

from hbm_lib.models import varying
from hbm_lib.models.varying import LKJ, InverseWishart, Prior, generative, numpyro_model, pymc_model, quantities
from hbm_lib.priors import Exponential, HalfCauchy, HalfNormal, InverseGamma, LogNormal, Normal, Uniform

__all__ = ["CASES", "CONJUGATE", "ENDINGS", "FORMS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

# six groups of one to five rows, rows mixed; group d has one row, group f two, and the first column is the same in all of group b
GROUP = [*list("cabacbaeccaecaeae"), "d", "f", "f"]
X1 = [0.3, -1.2, 0.8, -0.4, 0.1, 0.8, -1.7, 1.1, 0.9, -0.6, 0.2, 0.5, -0.1, 0.7, -0.9, 1.9, -0.2, -1.4, 0.6, 1.2]
X2 = [1.3, 0.2, -0.8, 0.4, 1.1, 1.8, 0.7, -2.1, 0.4, 0.6, -1.2, -0.5, 0.1, 1.7, 0.9, -0.9, 0.3, 1.4, -0.6, 0.2]
Y = [0.1, -0.9, 0.7, -0.2, 0.4, 1.3, -1.5, 0.9, 0.3, -1.1, 0.5, 0.2, -0.4, 1.2, -0.6, 2.1, 0.4, -0.3, -1.0, 0.8]
ONE = np.ones(len(Y))
LEVEL = varying.Data(ONE[:, None], Y, GROUP, ["intercept"])
LINE = varying.Data(np.column_stack([ONE, X1]), Y, GROUP, ["intercept", "a"])
PLANE = varying.Data(np.column_stack([ONE, X1, X2]), Y, GROUP, ["intercept", "a", "b"])
TILTED = [[1.0, 0.4, -0.3], [0.4, 0.8, 0.1], [-0.3, 0.1, 0.5]]
TWO, THREE = [Normal(0, 1), Normal(0.5, 0.7)], {"mean": [0.2, -1, 1], "precision": [[2, 0.5, 0], [0.5, 1, 0.3], [0, 0.3, 3]]}

CONJUGATE = {
    "line": (varying.random_slopes(Prior(InverseWishart(3, [[0.8, 0.2], [0.2, 0.5]]), TWO, sigma2=InverseGamma(3, 2))), LINE),
    "level": (varying.random_slopes(Prior(InverseWishart(0.7, [0.5]), [Normal(1, 2)], sigma=HalfNormal(1))), LEVEL),
    "plane": (varying.random_slopes(Prior(InverseWishart(4.5, TILTED), **THREE, sigma2=InverseGamma(2, 1))), PLANE),
    "plane_sigma": (varying.random_slopes(Prior(InverseWishart(2.9, TILTED), **THREE, sigma=HalfCauchy(1))), PLANE),
    "plane_sigma2": (varying.random_slopes(Prior(InverseWishart(9, TILTED), **THREE, sigma2=Uniform(0.05, 9))), PLANE),
}
CASES = CONJUGATE | {
    "lkj_line": (varying.random_slopes(Prior(LKJ(2, [HalfNormal(1), Exponential(2)]), TWO, sigma=HalfNormal(1))), LINE),
    "lkj_level": (varying.random_slopes(Prior(LKJ(1, [HalfNormal(1)]), [Normal(1, 2)], sigma=HalfNormal(1))), LEVEL),
    "lkj_plane": (varying.random_slopes(
        Prior(LKJ(0.8, [HalfNormal(1), LogNormal(-1, 0.7), HalfCauchy(0.5)]), **THREE, sigma2=InverseGamma(3, 2))), PLANE),
}
FORMS = ("noncentered", "centered")
ENDINGS = {"partial_share": "logodds"}  # of PyMC's name for a Beta variable on the real line


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, the noise evenly in its logarithm."""
    draws = generative.draw_prior(np.random.default_rng(seed), data, prior, n)
    low, high = getattr(prior, prior.noise).support
    u = np.random.default_rng([seed, 1]).uniform(size=n)
    noise = np.exp(np.log(max(1.01 * low, 0.02)) + u * np.log(min(0.99 * high, 20) / max(1.01 * low, 0.02)))
    sigma2 = noise if prior.noise == "sigma2" else noise**2
    return generative.named(draws["mu"], draws["beta"], draws["covariance"], sigma2)


def _sites(covariance, law):
    """What an engine samples to make the covariance matrix, by the inverse of its map."""
    q = law.size
    root = np.linalg.cholesky(covariance)
    if isinstance(law, InverseWishart):
        w = np.linalg.solve(root, np.broadcast_to(law.root, root.shape))
        i, j = np.tril_indices(q, -1)
        out = {"w_square": np.diagonal(w, axis1=-2, axis2=-1) ** 2}
        return out | ({"w_below": w[:, i, j]} if q > 1 else {})
    tau, _ = varying.covariance.parts(covariance)
    unit = root / tau[..., None]
    out = {f"tau_{k}": tau[:, k] for k in range(q)}
    share = [(unit[:, k, j] / np.sqrt(1 - (unit[:, k, :j] ** 2).sum(-1)) + 1) / 2 for k in range(q) for j in range(k)]
    return out | ({"partial_share": np.stack(share, -1)} if share else {})


def _coordinates(sites, law):
    """What ``log_joint`` is a density of, from the sites, in JAX: Sigma on and below its diagonal, or correlations."""
    q = law.size
    if isinstance(law, InverseWishart):
        i, j = np.tril_indices(q, -1)
        w = jnp.diag(jnp.sqrt(sites[:q])).at[i, j].set(sites[q:])
        root = jnp.asarray(law.root) @ jnp.linalg.inv(w)
        return (root @ root.T)[np.tril_indices(q)]
    root, at = [[1.0] + [0.0] * (q - 1)], 0
    for k in range(1, q):
        row, left = [], 1.0
        for _ in range(k):
            partial = 2 * sites[at] - 1
            row.append(partial * left)
            left, at = left * jnp.sqrt(1 - partial**2), at + 1
        root.append([*row, left, *[0.0] * (q - 1 - k)])
    root = jnp.array(root)
    return (root @ root.T)[np.tril_indices(q, -1)]


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``.

    The factor is the Jacobian of the engine's map to the covariance matrix, by automatic differentiation.
    """
    law, q = prior.covariance, prior.size
    sites = _sites(draws["covariance"], law)
    flat = [v.reshape(len(v), -1) for n, v in sites.items() if not n.startswith("tau_")]
    with jax.enable_x64(True):
        jacobian = jax.vmap(jax.jacfwd(lambda s: _coordinates(s, law)))(jnp.asarray(np.hstack(flat))) if flat else np.eye(1)[None]
        factor = np.linalg.slogdet(np.asarray(jacobian))[1]
    out = {"mu": draws["mu"], prior.noise: draws[prior.noise]} | sites
    if form == "centered":
        return out | {"beta": draws["beta"]}, factor
    half = np.log(np.diagonal(np.linalg.cholesky(draws["covariance"]), axis1=-2, axis2=-1)).sum(-1)
    assert q == draws["beta"].shape[-1]
    return out | {"eta": quantities.standardized(draws)}, factor + data.n_groups * half


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    law, noise = prior.covariance, {prior.noise: getattr(prior, prior.noise).support}
    if isinstance(law, InverseWishart):
        return noise | {"w_square": (0.0, np.inf)}
    share = {"partial_share": (0.0, 1.0)} if law.size > 1 else {}
    return noise | {f"tau_{k}": one.support for k, one in enumerate(law.scales)} | share
