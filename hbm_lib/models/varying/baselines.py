"""What one would do without pooling: least squares in every group alone, and over all rows."""

import numpy as np

from hbm_lib.models.varying.spec import Data


def all_rows(data: Data) -> np.ndarray:
    """Return the least-squares coefficients of all rows, groups ignored, (q,)."""
    return np.linalg.lstsq(data.x, data.y, rcond=None)[0]


def each_group(data: Data) -> np.ndarray:
    """Return every group's own least-squares coefficients, (G, q).

    NaN in a group whose rows do not determine them: fewer rows than coefficients, or a column that does not vary.
    """
    root, along = data.sums.root, data.sums.along
    left = np.abs(np.diagonal(root, axis1=-2, axis2=-1))
    size = np.sqrt((root**2).sum(-2))
    can = (left > 1e-10 * np.where(size > 0, size, 1)).all(-1)
    out = np.full(along.shape, np.nan)
    out[can] = np.linalg.solve(root[can], along[can][..., None])[..., 0]
    return out
