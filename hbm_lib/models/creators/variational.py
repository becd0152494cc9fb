"""Creators by variational inference: an approximation with an engine's form, for measuring it against the exact answer.

The result is a ``DataTree`` like every engine's, and says of itself that it is an approximation: its draws are
independent draws from q, not from the posterior. More draws do not bring it nearer.
"""

import time
from importlib import import_module

import xarray as xr

from hbm_lib import arguments, seeds
from hbm_lib.draws import datatree, versions
from hbm_lib.model import EngineError, Model
from hbm_lib.models.creators.spec import Data, check
from hbm_lib.samplers import variational

FORMS = ("noncentered", "centered", "mixed")
ENGINES = {"pymc": ("pymc",), "numpyro": ("numpyro", "jax")}
STEPS = {"mean-field": 12000, "full-rank": 40000}
RATE = {"mean-field": 0.02, "full-rank": 0.002}
_LEAST = 200


def _checked(engine: str, family: str, form: str, rate: float, **counts: int) -> None:
    """Refuse arguments that make no sense, before any work."""
    for name, value, known in (("engine", engine, ENGINES), ("family", family, variational.FAMILIES), ("form", form, FORMS)):
        if value not in tuple(known):
            raise ValueError(f"{name}: one of {', '.join(known)} is needed, got {value!r}")
    for name, value in counts.items():
        least = _LEAST if name == "steps" else 1
        arguments.whole(name, value, least)
    arguments.between_0_and_1("rate", rate)


def fit_variational(
    model: Model, data: Data, *, engine: str = "numpyro", family: str = "mean-field", form: str | None = None, seed: int,
    draws: int = 1000, chains: int = 4, steps: int | None = None, rate: float | None = None,
) -> xr.DataTree:
    """Approximate the posterior by the nearest normal, or refuse a climb that has not arrived.

    Parameters
    ----------
    model : Model
        ``creators.partial_pooling()``, with any priors.
    data : Data
        One effect and standard error a creator.
    engine : {"numpyro", "pymc"}
        NumPyro's SVI or PyMC's ADVI.
    family : {"mean-field", "full-rank"}
        A diagonal covariance on the real line, or any.
    form : {"centered", "noncentered", "mixed"}, optional
        The parameterization; the model's own unless given. It changes the answer, not only the speed.
    seed : int
        Of everything random.
    draws, chains : int
        Independent draws from the approximation, and into how many rows they are put.
    steps, rate : int and float, optional
        Of Adam; 12,000 at .02 for mean-field and 40,000 at .002 for full-rank unless given.

    Returns
    -------
    xarray.DataTree
        Groups ``posterior``, ``variational`` (the ELBO at each step, in nats), ``observed_data`` and ``constant_data``;
        the attributes name the engine, the family and what ``approximation`` means, and the trend of the ELBO.

    Raises
    ------
    NotConvergedError
        A ``ValueError``: the ELBO has not settled, or is too noisy to tell.
    EngineError
        If the library is not installed.
    ValueError
        If an argument or the data is not usable; nothing has been computed then.
    """
    form, family_known = model.form if form is None else form, family in variational.FAMILIES
    steps = (STEPS[family] if family_known else _LEAST) if steps is None else steps
    rate = (RATE[family] if family_known else 0.01) if rate is None else rate
    _checked(engine, family, form, rate, draws=draws, chains=chains, steps=steps)
    seeds.sequence(seed, "check")
    check(model.prior, data)
    try:
        module = import_module(model.module(engine))
    except ModuleNotFoundError as missing:
        raise EngineError(f"engine {engine!r} is not installed: pip install 'hbm-lib[{engine}]'") from missing
    start, names = time.perf_counter(), list(model.dims)
    built = module.build(data, model.prior, form)
    settings = {"family": family, "seed": seed, "draws": draws, "chains": chains, "steps": steps, "rate": rate}
    if engine == "pymc":
        posterior, elbo = variational.fit_pymc(built, names, **settings)
    else:
        posterior, elbo = variational.fit_numpyro(built, names, data.effect, **settings)
    found = variational.refuse(elbo)
    attrs = {
        "model": model.name, "engine": f"{engine} variational", "family": family, "form": form, "seed": int(seed),
        "seconds": time.perf_counter() - start, "elbo_gain": found.gain, "elbo_error": found.error,
        "approximation": f"independent draws from the {family} normal nearest to the posterior, not from the posterior; "
                         "R-hat and ESS say nothing about it",
    } | {f"version_{k}": v for k, v in versions(*ENGINES[engine]).items()}
    groups = {"posterior": posterior, "observed_data": data.observed(), "constant_data": data.constant()}
    tree = datatree(groups, dims=dict(model.dims) | dict(data.dims), coords=data.coords(), attrs=attrs)
    tree["variational"] = xr.DataTree(xr.Dataset({"elbo": ("step", elbo)}))
    return tree
