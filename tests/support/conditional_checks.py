"""Is each Gibbs conditional proportional to the joint density along what it draws?

Grosse & Duvenaud (2014), "Testing MCMC code": along the coordinates that a step
draws, the ratio of the claimed conditional to the joint must be constant. A step
that only draws, and states no density, is run with a scripted generator: its
normal or gamma variates are ours, so the density it draws from follows from the
change of variables. Each function returns how far the log ratio is from constant.
"""

from dataclasses import replace

import numpy as np
from eight import log_spread, points
from scipy import stats

from hbm_lib.models.eight_schools import generative, gibbs, gibbs_student

LIMIT = 1e-8


class Scripted:
    """A generator whose standard normals and gammas are handed out from a script."""

    def __init__(self, script):
        self.script = [np.asarray(v, float) for v in script]
        self.shapes = []

    def _next(self, size):
        value = self.script.pop(0)
        assert value.shape == tuple(np.atleast_1d(size)), f"asked for {size}, scripted {value.shape}"
        return value

    def standard_normal(self, size):
        return self._next(size)

    def gamma(self, shape, scale=1.0, size=None):
        value = self._next(np.broadcast_shapes(np.shape(shape), np.shape(scale)) if size is None else size)
        self.shapes.append(np.broadcast_to(shape, value.shape))
        return value * scale


def variation(log_ratio, about):
    return float(np.ptp(np.asarray(log_ratio)) / np.maximum(1.0, np.max(np.abs(about))))


def _given_weights(seed, data, prior):
    """Data and prior given the mixing weights: Student-t errors are normal ones, each with a variance of its own."""
    if prior.nu is None:
        return data, prior
    weight = np.exp(np.random.default_rng([seed, 6]).normal(size=data.n_groups))
    return replace(data, sigma=data.sigma / np.sqrt(weight)), replace(prior, nu=None)


def _state(draws, data, i=None, n=None):
    """The sampler's state at one point, n times over; or at all points. The error variances are those of ``data``."""
    pick = (lambda v: np.repeat(v[i : i + 1], n, 0)) if i is not None else np.asarray
    b = np.column_stack([draws["mu"], draws["beta"]]) if "beta" in draws else draws["mu"][:, None]
    tau = draws.get("tau", np.zeros(len(draws["mu"])))
    return gibbs.State(pick(tau), pick(b), pick(draws["theta"]), data.sigma[None] ** 2)


def same(draws, i, n, **moved):
    """The i-th point n times over, with what is moved replaced."""
    return {k: np.repeat(v[i : i + 1], n, 0) for k, v in draws.items()} | moved


def tau_given_theta_gap(seed, data, prior, log_density=gibbs.tau_given_theta):
    """The centered conditional of log tau, along tau with theta held."""
    normal, law = _given_weights(seed, data, prior)
    draws, line, worst = points(seed, data, law), np.linspace(-3, 5, 25), 0.0
    for i in range(8):
        joint = generative.log_joint(same(draws, i, 25, tau=np.exp(line)), normal, law) + line
        found = log_density(line, _state(draws, normal, i, 25), data, prior)
        worst = max(worst, variation(found - joint, joint))
    return worst


def tau_given_eta_gap(seed, data, prior, log_density=gibbs.tau_given_eta):
    """The non-centered conditional of log tau, along tau with eta held."""
    normal, law = _given_weights(seed, data, prior)
    draws, line, worst = points(seed, data, law), np.linspace(-3, 5, 25), 0.0
    for i in range(8):
        eta = np.random.default_rng([seed, i]).standard_normal((1, data.n_groups)).repeat(25, 0)
        moved = same(draws, i, 25, tau=np.exp(line))
        moved["theta"] = generative.mean_effect(moved, data) + np.asarray(prior.scale(moved["tau"]))[:, None] * eta
        joint = generative.log_joint(moved, normal, law) + line + log_spread(moved, data, prior)
        found = log_density(line, eta, _state(draws, normal, i, 25), data, prior)
        worst = max(worst, variation(found - joint, joint))
    return worst


def block_gap(seed, data, prior, draw=gibbs.draw_block):
    """(b, theta) given tau and y: the law that draw_block draws from, against the joint."""
    normal, law = _given_weights(seed, data, prior)
    draws, rng, worst = points(seed, data, law), np.random.default_rng([seed, 7]), 0.0
    p, j, n = data.design.shape[1], data.n_groups, 20
    for i in range(8):
        zb = rng.standard_normal((n, p))
        zt = rng.standard_normal((n, j))
        state = draw(Scripted([zb] if prior.tau is None else [zb, zt]), _state(draws, normal, i, n), data, prior)
        moved = same(draws, i, n, mu=state.b[:, 0], theta=state.theta)
        if prior.beta is not None:
            moved["beta"] = state.b[:, 1:]
        # the map from variates to draws is affine, so its Jacobian does not change from point to point
        drawn_from = stats.norm.logpdf(zb).sum(1) + (0 if prior.tau is None else stats.norm.logpdf(zt).sum(1))
        joint = generative.log_joint(moved, normal, law)
        worst = max(worst, variation(drawn_from - joint, joint))
    return worst


def block_law(tau, data, prior):
    """Recover mean (D,) and root (D, D) of the covariance of (b, theta): draw_block is affine in its normal variates."""
    p, j = data.design.shape[1], data.n_groups
    width = p if prior.tau is None else p + j
    noise = np.vstack([np.zeros(width), np.eye(width)])
    n = len(noise)
    start = gibbs.State(np.full(n, tau), np.zeros((n, p)), np.zeros((n, j)), data.sigma[None] ** 2)
    after = gibbs.draw_block(Scripted([noise] if prior.tau is None else [noise[:, :p], noise[:, p:]]), start, data, prior)
    out = after.b if prior.tau is None else np.column_stack([after.b, after.theta])
    return out[0], (out[1:] - out[0]).T


def nu_gap(seed, data, prior, log_density=gibbs_student.log_nu_density):
    """log nu given theta and y, along nu."""
    draws, line, worst = points(seed, data, prior), np.linspace(-1, 5, 25), 0.0
    for i in range(8):
        moved = same(draws, i, 25, nu=np.exp(line))
        joint = generative.log_joint(moved, data, prior) + line
        worst = max(worst, variation(log_density(line, data.y, moved["theta"], data.sigma, prior) - joint, joint))
    return worst


def weights_gap(seed, data, prior, draw=gibbs_student.draw_errors):
    """lambda given nu, theta and y: the law that draw_errors draws from, against N(y | theta, sigma²/lambda) Gamma(lambda)."""
    draws, rng, worst = points(seed, data, prior), np.random.default_rng([seed, 8]), 0.0
    n, j = 20, data.n_groups
    kept = gibbs_student.slice_step
    for i in range(8):
        g = rng.gamma(2.0, size=(n, j))
        script = Scripted([g])
        state = gibbs_student.State(_state(draws, data, i, n), np.repeat(draws["nu"][i], n))
        gibbs_student.slice_step = lambda rng_, x, density: (x, 0)  # nu stays where it is
        try:
            moved, _ = draw(script, state, data, prior)
        finally:
            gibbs_student.slice_step = kept
        weight = data.sigma**2 / moved.normal.variance
        nu = moved.nu[:, None]
        # lambda = g / rate, g ~ Gamma(shape): density of lambda in terms of g
        drawn_from = stats.gamma(script.shapes[0]).logpdf(g) + np.log(g / weight)
        joint = stats.norm.logpdf(data.y, state.normal.theta, data.sigma / np.sqrt(weight))
        joint = joint + stats.gamma(nu / 2, scale=2 / nu).logpdf(weight)
        worst = max(worst, max(variation((drawn_from - joint)[:, k], joint) for k in range(j)))
    return worst


def kept_gap(seed, data, prior, form, draw=gibbs.draw_tau):
    """What a step for tau must leave alone: theta in the centered form, eta in the non-centered one."""
    draws = points(seed, data, prior)
    before = _state(draws, data)
    after, _ = draw(np.random.default_rng([seed, 9]), before, data, prior, form)
    if np.all(after.tau == before.tau) or np.any(after.b != before.b):
        return np.inf
    wanted = before.theta
    if form == "noncentered":
        centre = before.b @ data.design.T
        spread, now = (np.asarray(prior.scale(s.tau))[:, None] for s in (before, after))
        wanted = centre + now * (before.theta - centre) / spread
    return float(np.max(np.abs(after.theta - wanted)))
