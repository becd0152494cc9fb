"""Figures: each takes computed values and returns a picture with its text description."""

from importlib.util import find_spec

if find_spec("matplotlib") is None or find_spec("altair") is None:
    raise ModuleNotFoundError("the figures need Matplotlib and Altair: pip install 'hbm-lib[plots]' "
                              "(in a copy of the repository: pip install '.[plots]')")
