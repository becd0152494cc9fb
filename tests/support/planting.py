"""Plant a bug: a module again, with one piece of its source replaced."""

import inspect
import sys
import types


def planted(module, old, new):
    """Return a copy of the module in which ``old``, which must stand there exactly once, reads ``new``."""
    source = inspect.getsource(module)
    assert source.count(old) == 1, f"{module.__name__}: {old!r} stands there {source.count(old)} times, not once; plant anew"
    copy = types.ModuleType(f"{module.__name__}_planted")
    copy.__file__ = module.__file__
    sys.modules[copy.__name__] = copy  # dataclasses look their module up
    try:
        exec(compile(source.replace(old, new), f"<planted {module.__name__}>", "exec"), copy.__dict__)
    finally:
        del sys.modules[copy.__name__]
    return copy
