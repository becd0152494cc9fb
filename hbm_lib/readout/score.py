"""How much of an estimate is the unit's own data, and why, in one sentence."""

import numpy as np


def score(effect: np.ndarray, se: np.ndarray, pooled: np.ndarray, spread: float) -> dict[str, np.ndarray]:
    """Return shrinkage, standard errors moved, confidence (the own data's share) and the reason, each of shape (N,).

    The own share is spread² / (spread² + se²), at the posterior mean ``spread`` of sigma_creator.
    """
    own = spread**2 / (spread**2 + se**2)
    moved = (pooled - effect) / se
    reason = [f"{100 * o:.0f} % of this estimate is the unit's own data, the rest its group's; "
              f"the model moved it by {abs(m):.1f} standard errors." for o, m in zip(own, moved, strict=True)]
    return {"shrinkage": 1 - own, "moved": moved, "confidence": own, "reason": np.array(reason, dtype=object)}
