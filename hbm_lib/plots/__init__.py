"""Figures: each takes computed values and returns a picture with its text description."""

from importlib.util import find_spec

if find_spec("matplotlib") is None:
    raise ModuleNotFoundError("the figures need Matplotlib: pip install 'hbm-lib[plots]' "
                              "(in a copy of the repository: pip install '.[plots]')")
