"""One sampler's draws against another's, where no exact posterior is at hand: the reference has a standard error of its own."""

import numpy as np


def entries(tree, places=(0, -1)):
    """Every scalar, and the entries of every vector at these places: name to (chains, draws)."""
    out = {}
    for name, values in tree["posterior"].data_vars.items():
        v = values.values.reshape(*values.shape[:2], -1)
        out |= {name: v[..., 0]} if values.ndim == 2 else {f"{name}[{i}]": v[..., i] for i in places}
    return out


def between(draws):
    """The standard error of the mean of all draws that the chains show among them."""
    return np.mean(draws, 1).std(ddof=1) / np.sqrt(len(draws))


def compared(found, reference, compare, cap, reference_se=between):
    """Compare means, and the probabilities of lying below the reference's quantiles; every value is a ``Comparison``.

    ``found`` and ``reference`` hold entries; caps are in the posterior's sds.
    """
    out = []
    for name, draws in reference.items():
        pairs = [(f"E[{name}]", found[name], draws, draws.std())]
        for q in (0.1, 0.5, 0.9):
            at = np.quantile(draws, q)
            pairs.append((f"P({name} < {at:.3g})", found[name] < at, draws < at, np.sqrt(q * (1 - q))))
        for what, mine, theirs, unit in pairs:
            out.append(compare(np.asarray(mine, float), theirs.mean(), cap=cap * unit, reference_se=reference_se(theirs),
                               quantity=what))
    return out
