"""What ``fit`` takes: a posterior's definition, apart from any way to compute it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

ENGINES = ("exact", "gibbs", "pymc", "numpyro")


class EngineError(ValueError):
    """An engine was asked for a posterior that it cannot compute."""


@dataclass(frozen=True)
class Model:
    """A posterior: priors, form and the folder that knows how to compute it.

    Parameters
    ----------
    name : str
        Short name, as in ``eight_schools.skeptical``.
    title : str
        What a reader calls it.
    folder : str
        The package with the modules ``spec``, ``generative``, ``exact``, … .
    prior : object
        A frozen dataclass of distributions.
    form : str
        The parameterization that samplers use, ``"noncentered"`` or ``"centered"``.
    dims : mapping of str to tuple of str
        For each variable of the posterior its labeled dimensions.
    engines : mapping of str to str
        Engine name to the module of the folder that serves it.
    cannot : mapping of str to str
        Engine name to the reason why it cannot.
    """

    name: str
    title: str
    folder: str
    prior: object
    form: str
    dims: Mapping[str, tuple[str, ...]]
    engines: Mapping[str, str]
    cannot: Mapping[str, str] = field(default_factory=dict)

    def module(self, engine: str) -> str:
        """Return the module that serves an engine.

        Raises
        ------
        EngineError
            If the name is unknown or the engine cannot do this model; the
            sentence names those that can.
        """
        can = ", ".join(self.engines)
        if engine not in ENGINES:
            raise EngineError(f"engine: {engine!r} is not known; {self.name} can be fitted with {can}")
        if engine not in self.engines:
            why = self.cannot.get(engine, "it is not written")
            raise EngineError(f"engine: {engine!r} cannot fit {self.name}: {why}. Use one of {can}")
        return f"{self.folder}.{self.engines[engine]}"

    def with_prior(self, **changes: object) -> "Model":
        """Return the same model with some priors replaced.

        What the new prior names as ``derived`` (functions of the parameters
        that the result holds) is in ``dims``, and what only the old one named is not.

        Raises
        ------
        TypeError
            If the model has no such prior.
        ValueError
            If a change would add or remove a variable: that is another model.
        """
        known = [f.name for f in fields(self.prior)]
        for wrong in [name for name in changes if name not in known]:
            raise TypeError(f"{wrong}: {self.name} has no such prior; it has {', '.join(known)}")
        for name, value in changes.items():
            if hasattr(self.prior, name) and (getattr(self.prior, name) is None) != (value is None):
                does = "removes" if value is None else "adds"
                raise ValueError(f"{name}: this {does} a variable, so {self.name} would be another model; build that one instead")
        prior = replace(self.prior, **changes)
        gone, derived = set(getattr(self.prior, "derived", ())), getattr(prior, "derived", ())
        dims = {name: dims for name, dims in self.dims.items() if name not in gone} | dict.fromkeys(derived, ())
        return replace(self, prior=prior, dims=dims)
