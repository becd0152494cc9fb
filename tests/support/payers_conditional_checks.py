"""Is each conditional of the Gibbs sampler for the log-normal hurdle proportional to the joint density along what it draws?

A whole sweep is run at eight points side by side as chains. What it draws from is kept and not drawn: the creators' step (looked
at apart, in ``makers_conditional_checks``), Pólya-Gamma variates and the slice step move the state to points of ours. So each
conditional must be right given what the sweep has drawn before it.

Given omega the likelihood of an arm's payers is exp(kappa eta - omega eta² / 2) in its logit eta: ``augmented`` puts this in
place of the binomial one. That the two belong together is looked at in ``tilt_gap``.
"""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
from conditional_checks import variation
from payers import generative, points
from schools_conditional_checks import LINE, POINTS, spread_of
from scipy import special, stats

from hbm_lib.models.creators import generative as creators_generative
from hbm_lib.models.creators import gibbs as creators_gibbs
from hbm_lib.models.skewed import gibbs

TIMES = 20  # values at which a coefficient's conditional is looked at, each point
PARTS = ("mu", "sigma_genre", "sigma_creator", "genre")


@dataclass
class Sweep:
    """What one sweep asked for, and the parameters that it had then and had in the end."""

    omega: np.ndarray
    tilt: list
    before: dict
    coefficients: list
    shape: list
    after: dict


def own(draws, c):
    """One coefficient's variables."""
    return {n: draws[n] for n in (*(f"{c}_{part}" for part in PARTS), c)}


def as_creators(draws, c):
    """One coefficient's variables under the names that they have in the creators' model."""
    names = {"mu": "mu_global", "genre": "mu_genre"}
    return {names.get(part, part): draws[f"{c}_{part}"] for part in PARTS} | {"tau": draws[c]}


def state_of(draws, data, c):
    """One coefficient's state of the creators' sampler."""
    d = as_creators(draws, c)
    return creators_gibbs.State(d["sigma_genre"], d["sigma_creator"], d["mu_global"], d["mu_genre"] - d["mu_global"][:, None],
                                d["tau"] - d["mu_genre"][:, data.index])


def state(draws, data, prior, module=gibbs):
    """The sampler's state at given points."""
    return module.State({c: state_of(draws, data, c) for c in prior.coefficients}, draws["shape"])


def sweep(seed, data, prior, module=gibbs, form="mixed"):
    """Run a sweep that draws nothing: every coefficient moves to another of our points, and the log shape by 0.7."""
    now, to = points(seed, data, prior, POINTS), points(seed + 1, data, prior, POINTS)
    omega = np.random.default_rng([seed, 5]).gamma(2.0, data.users / 8, (POINTS, *data.users.shape))
    found = Sweep(omega, [], dict(now), [], [], {})
    order = iter(prior.coefficients)

    def ask(rng, b, c):
        found.tilt.append((np.broadcast_to(b, omega.shape), c))
        return omega

    def step(rng, given, working, law, asked_form):
        c = next(order)
        same = all(np.allclose(a, b, rtol=1e-10) for a, b in zip(given, state_of(now, data, c), strict=True))
        found.coefficients.append((c, dict(now), working, law, same and asked_form == form))
        now.update(own(to, c))
        return state_of(now, data, c), None

    def slice_step(rng, x, log_density, **_):
        found.shape.append((x, dict(now), log_density))
        return x + 0.7, 1

    kept = module.creators, module.polya_gamma, module.slice_step
    module.creators = SimpleNamespace(step=step, Info=creators_gibbs.Info, State=creators_gibbs.State)
    module.polya_gamma, module.slice_step = SimpleNamespace(draw=ask), slice_step
    try:
        after, _ = module.step(None, state(now, data, prior, module), data, prior, form)
    finally:
        module.creators, module.polya_gamma, module.slice_step = kept
    found.after = module.record(after, data, prior)
    return found


def augmented(draws, omega, data, prior):
    """log_joint with the normal likelihood that omega makes, up to a constant."""
    eta = generative.predictor(draws, "share")
    binomial = stats.binom.logpmf(data.payers, data.users, special.expit(eta))
    normal = (data.payers - data.users / 2) * eta - omega * eta**2 / 2
    return generative.log_joint(draws, data, prior) + (normal - binomial).sum((-2, -1))


def tilt_gap(seed, data, prior, module=gibbs):
    """omega given the rest: PG(n, eta) must be asked for, with the n and eta by which the likelihood is what it is.

    exp(kappa eta) E[exp(-omega eta² / 2)] over PG(n, 0) is exp(kappa eta) / cosh(eta / 2)^n: the binomial likelihood up to a
    constant (Polson, Scott & Windle 2013, theorem 1).
    """
    found = sweep(seed, data, prior, module)
    (n, eta), = found.tilt
    likelihood = stats.binom.logpmf(data.payers, data.users, special.expit(generative.predictor(found.before, "share")))
    ratio = (data.payers - n / 2) * eta - n * (np.logaddexp(eta / 2, -eta / 2) - np.log(2)) - likelihood
    return max(variation(ratio[:, a, i], likelihood[:, a, i]) for a in (0, 1) for i in range(data.n_creators))


def coefficient_gap(seed, data, prior, name, module=gibbs):
    """A coefficient at all its levels: the creators' model that the sweep hands on, against the joint density."""
    found = sweep(seed, data, prior, module)
    called = {c: rest for c, *rest in found.coefficients}
    if tuple(called) != prior.coefficients:
        return np.inf
    now, working, law, same = called[name]
    if not same:
        return np.inf
    many = lambda v: np.repeat(v, TIMES, 0)  # noqa: E731
    moved = {k: many(v) for k, v in now.items()} | own(points(seed + 2, data, prior, POINTS * TIMES), name)
    seen = SimpleNamespace(effect=many(working.effect), se=many(np.broadcast_to(working.se, working.effect.shape)),
                           index=working.index, n_genres=working.n_genres, n_creators=working.n_creators)
    claimed = creators_generative.log_joint(as_creators(moved, name), seen, law)
    joint = augmented(moved, many(found.omega), data, prior)
    return spread_of(claimed - joint, joint)


def shape_gap(seed, data, prior, module=gibbs):
    """The conditional of the log shape that the sweep hands to the slice step, along it."""
    (x, now, log_density), = sweep(seed, data, prior, module).shape
    if not np.allclose(x, np.log(now["shape"])):
        return np.inf
    at = x + LINE[:, None]
    inside = np.isfinite(prior.shape.logpdf(np.exp(at)))
    claimed = np.array([log_density(row) for row in at])
    if np.any(np.isfinite(claimed) != inside):
        return np.inf
    joint = np.array([generative.log_joint(now | {"shape": np.exp(row)}, data, prior) for row in at]) + at
    return max(variation(c[k] - j[k], j[k]) for c, j, k in zip(claimed.T, joint.T, inside.T, strict=True))


def kept_gap(seed, data, prior, module=gibbs):
    """What is recorded after the sweep must be where its steps have moved to."""
    found = sweep(seed, data, prior, module)
    wanted = points(seed + 1, data, prior, POINTS) | {"shape": found.before["shape"] * np.exp(0.7)}
    if set(found.after) != set(wanted):
        return np.inf
    return max(float(np.max(np.abs(found.after[n] / wanted[n] - 1))) for n in wanted)
