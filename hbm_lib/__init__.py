"""Hierarchical Bayesian models, several engines for each, one form of result.

The names a reader types are loaded on first use, so that ``import hbm_lib``
stays quick and needs neither PyMC nor JAX.
"""

from importlib import import_module

__version__ = "0.1.0"

_WHERE = {
    "fit": "hbm_lib.fitting",
    "fit_exact": "hbm_lib.fitting",
    "engines": "hbm_lib.fitting",
    "claim": "hbm_lib.claims",
    "ClaimError": "hbm_lib.claims",
    "Model": "hbm_lib.model",
}

__all__ = ["ClaimError", "Model", "__version__", "claim", "engines", "fit", "fit_exact"]


def __getattr__(name: str) -> object:
    """Load one of the public names when it is first asked for."""
    if name not in _WHERE:
        raise AttributeError(f"module 'hbm_lib' has no attribute {name!r}")
    return getattr(import_module(_WHERE[name]), name)


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return sorted(__all__)
