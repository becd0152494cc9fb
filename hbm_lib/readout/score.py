"""How much the model moved an estimate, and why."""

import numpy as np


def score(effect: np.ndarray, se: np.ndarray, pooled: np.ndarray, spread: float) -> dict[str, np.ndarray]:
    """Return how far each estimate was moved and how much of it is the unit's own data.

    The *confidence* of a readout is the share of it that is the unit's own data,

        own = spread² / (spread² + se²),

    the reliability of a single measurement: 1 where the unit's own rows decide, 0 where its group does. It is no probability
    that the effect is real or positive (``p_above`` of the table is); it answers "would this readout be the same in another
    group?". Source: Gelman & Pardoe 2006, "Bayesian measures of explained variance and pooling in multilevel (hierarchical)
    models", whose pooling factor is 1 - own.

    Parameters
    ----------
    effect, se : array of shape (N,)
        Raw effect and its standard error, in the unit of the outcome.
    pooled : array of shape (N,)
        Posterior mean, same unit.
    spread : float
        Posterior mean of sigma_creator, the standard deviation of units within a group, same unit.

    Returns
    -------
    dict of str to array of shape (N,)
        ``shrinkage`` (1 - own), ``moved`` (pooled minus raw, in standard errors), ``confidence`` (own, 0 to 1), and
        ``reason``, one sentence.
    """
    effect, se, pooled = (np.asarray(v, float) for v in (effect, se, pooled))
    own, moved = spread**2 / (spread**2 + se**2), (pooled - effect) / se
    return {"shrinkage": 1 - own, "moved": moved, "confidence": own,
            "reason": np.array([_reason(*one) for one in zip(own, moved, strict=True)], dtype=object)}


def _reason(own: float, moved: float) -> str:
    """Return why an estimate was moved so far."""
    ratio = np.sqrt((1 - own) / own) if own > 0 else np.inf
    held = f"its standard error is {ratio:.2g} times the spread of units" if ratio < 100 else "units hardly differ beyond noise"
    far = f"moved {'up' if moved > 0 else 'down'} by {abs(moved):.1f} standard errors"
    much = "left where it was" if abs(moved) < 0.05 else far
    return f"{100 * own:.0f} % own data, the rest its group's, because {held}; {much}."
