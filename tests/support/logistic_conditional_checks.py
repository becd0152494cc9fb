"""Is each conditional of the Gibbs sampler for rates proportional to the joint density along what it draws?

As in ``schools_conditional_checks``. Given omega the likelihood of a row is exp(kappa psi - omega psi² / 2) in its
logit psi: ``augmented`` puts this in place of the binomial one. That the two belong together is
looked at apart, in ``tilt_gap``.
"""

import numpy as np
from conditional_checks import Scripted, variation
from rates import generative, log_spread, points
from schools_conditional_checks import LINE, POINTS, along, repeated, spread_of, with_slices, within_support
from scipy import stats

from hbm_lib.models.logistic import gibbs, quantities


def state(draws, data, prior, omega, module=gibbs):
    """The sampler's state at given points."""
    tau, b, gap, _ = quantities.gibbs_state(draws, data, prior)
    return module.State(tau, b, gap, omega)


def weights(seed, data, n=POINTS):
    """Some omega of the size that they have, shape (n, rows)."""
    return np.random.default_rng([seed, 5]).gamma(2.0, data.trials / 8, (n, data.n_rows))


def augmented(draws, omega, data, prior):
    """log_joint with the normal likelihood that omega makes, up to a constant."""
    psi = generative.row_logit(draws, data)
    binomial = generative.log_likelihood(draws, data, prior).sum(-1)
    return generative.log_joint(draws, data, prior) - binomial + ((data.y - data.trials / 2) * psi - omega * psi**2 / 2).sum(-1)


def block_gap(seed, data, prior, module=gibbs):
    """(b, alpha) given tau, omega and y: the law that draw_block draws from, against the joint."""
    times, rng = 20, np.random.default_rng([seed, 7])
    draws, omega = repeated(points(seed, data, prior), times), np.repeat(weights(seed, data), times, 0)
    zb = rng.standard_normal((POINTS * times, 1 + data.x.shape[1]))
    zg = rng.standard_normal((POINTS * times, data.n_groups))
    after = module.draw_block(Scripted([zb, zg]), state(draws, data, prior, omega, module), data, prior)
    moved = draws | module.record(after, data, prior)
    # the map from variates to draws is affine, so its Jacobian does not change from point to point
    drawn_from = stats.norm.logpdf(zb).sum(1) + (stats.norm.logpdf(zg).sum(1) if prior.tau is not None else 0)
    joint = augmented(moved, omega, data, prior)
    return spread_of(drawn_from - joint, joint)


def tau_gap(seed, data, prior, form, module=gibbs):
    """The conditional of log tau that draw_tau hands to the slice step, along tau with alpha or eta held."""
    draws, omega = (repeated(points(seed, data, prior), len(LINE)), np.repeat(weights(seed, data), len(LINE), 0))
    start = state(draws, data, prior, omega, module)
    line = np.tile(LINE, POINTS) + np.log(draws["tau"])
    _, densities = with_slices(module, 0.0, lambda: module.draw_tau(None, start, data, prior, form))
    moved = draws | {"tau": np.exp(line)}
    if form == "noncentered":
        moved["alpha"] = start.b[:, :1] + np.exp(line)[:, None] * start.gap / start.tau[:, None]
    joint = augmented(moved, omega, data, prior) + line
    joint = joint + log_spread(moved, data, prior) if form == "noncentered" else joint
    return along(densities, line, joint, within_support(line, prior.tau))


def kept_gap(seed, data, prior, form, module=gibbs):
    """What a step for tau must leave alone: alpha in the centered form, eta in the non-centered one, the rest in both."""
    before = state(points(seed, data, prior, POINTS), data, prior, weights(seed, data), module)
    (after, _), _ = with_slices(module, 0.7, lambda: module.draw_tau(None, before, data, prior, form))
    moves = {"centered": 1, "noncentered": 1, "interwoven": 2}[form]
    if not np.allclose(after.tau, before.tau * np.exp(0.7 * moves)) or np.any(after.b != before.b) or np.any(
            after.omega != before.omega):
        return np.inf
    grown = 1.0 if form == "centered" else np.exp(0.7)
    return float(np.max(np.abs(after.gap / (before.gap * grown) - 1)))


class _Asked:
    """In place of the module of Pólya-Gamma variates: it keeps what was asked for."""

    def draw(self, rng, b, c):
        self.b, self.c = b, c
        return np.ones(c.shape)


def tilt_gap(seed, data, prior, module=gibbs):
    """omega given the rest: PG(n, psi) must be asked for, with the n and psi by which the likelihood is what it is.

    exp(kappa psi) E[exp(-omega psi² / 2)] over PG(n, 0) is exp(kappa psi) / cosh(psi / 2)^n: the binomial
    likelihood up to a constant (Polson, Scott & Windle 2013, theorem 1).
    """
    draws, asked, kept = points(seed, data, prior, POINTS), _Asked(), module.polya_gamma
    module.polya_gamma = asked
    try:
        module.draw_omega(None, state(draws, data, prior, weights(seed, data), module), data)
    finally:
        module.polya_gamma = kept
    psi, n = asked.c, np.broadcast_to(asked.b, asked.c.shape)
    log_cosh = np.logaddexp(psi / 2, -psi / 2) - np.log(2)
    likelihood = generative.log_likelihood(draws, data, prior)
    ratio = (data.y - n / 2) * psi - n * log_cosh - likelihood
    return max(variation(ratio[:, r], likelihood[:, r]) for r in range(data.n_rows))
