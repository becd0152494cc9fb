"""``fit``: one call for every model and engine, one form of result."""

import time
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

import numpy as np
import xarray as xr

from hbm_lib import arguments, seeds
from hbm_lib.draws import datatree, versions
from hbm_lib.model import EngineError, Model
from hbm_lib.samplers import nuts
from hbm_lib.samplers.run_chains import run_chains

GROUPS = ("prior", "prior_predictive", "posterior_predictive", "log_likelihood", "log_prior")
_PACKAGES = {"exact": ("numpy", "scipy"), "gibbs": ("numpy", "scipy"), "pymc": ("pymc", "nutpie"), "numpyro": ("numpyro", "jax")}
_OPTIONS = {"exact": (), "gibbs": ("form", "thin"), "pymc": ("form", "target_accept"), "numpyro": ("form", "target_accept")}
_FORMS = ("noncentered", "centered")
_MOST = 10**8


def _is_model(model: object) -> None:
    """Refuse what is no model, such as the function that makes one."""
    if not isinstance(model, Model):
        raise ValueError(f"model: a Model is needed, such as eight_schools.noncentered(), got {model!r}")


def engines(model: Model) -> tuple[str, ...]:
    """Return the names of the engines that can fit a model."""
    _is_model(model)
    return tuple(model.engines)


def fit_exact(model: Model, data: object) -> Any:
    """Return the exact posterior itself: moments, quantiles, densities, error estimates.

    Raises
    ------
    EngineError
        If the model has no exact engine.
    ValueError
        If the data does not fit the model.
    """
    _is_model(model)
    module = import_module(model.module("exact"))
    import_module(f"{model.folder}.spec").check(model.prior, data)
    return module.posterior(model, data)


def _exact(model: Model, data: Any, seed: int, draws: int, tune: int, chains: int, **_: object) -> tuple[dict, dict, dict]:
    """Draw independently from the exact posterior; keep its exact moments beside the draws."""
    posterior = fit_exact(model, data)
    flat = posterior.sample(seeds.rng(seed, "exact"), chains * draws)
    exact = {f"{n}_{s}": np.asarray(getattr(posterior, s)(n)) for n in flat if n != "theta_sd" for s in ("mean", "sd", "error")}
    for n in flat:
        if n != "theta_sd":
            exact |= {f"{n}_q{int(1000 * q):03d}": np.asarray(posterior.quantile(n, q)) for q in (0.025, 0.25, 0.5, 0.75, 0.975)}
    return {n: v.reshape(chains, draws, *v.shape[1:]) for n, v in flat.items()}, {}, exact


def _default_form(model: Model, engine: str) -> str:
    """Return the form of a model in an engine: a Gibbs sampler whose forms are its own names its default."""
    return getattr(import_module(model.module("gibbs")), "DEFAULT_FORM", model.form) if engine == "gibbs" else model.form


def _gibbs(
    model: Model, data: Any, seed: int, draws: int, tune: int, chains: int, form: str | None = None, thin: int = 1
) -> tuple[dict, dict, dict]:
    """Run the model's own Gibbs sampler."""
    module, prior = import_module(model.module("gibbs")), model.prior
    _counts(thin=thin)
    form = _default_form(model, "gibbs") if form is None else form
    if form not in module.FORMS:
        raise ValueError(f"form: one of {', '.join(module.FORMS)} is needed, got {form!r}")
    try:
        kept, info = run_chains(
            lambda rng: module.init(rng, data, prior, chains),
            lambda rng, state: module.step(rng, state, data, prior, form),
            lambda state: module.record(state, data, prior),
            seeds.rng(seed, "gibbs"), draws=draws, tune=tune, thin=int(thin),
        )
    except (FloatingPointError, OverflowError, np.linalg.LinAlgError) as error:
        raise EngineError(f"engine 'gibbs' left the range of floating-point numbers under {prior}: give the data another unit, "
                          "or a prior with less mass near 0 and at infinity") from error
    return kept, {k: np.broadcast_to(v, (chains, draws)).copy() for k, v in info.items()}, {}


def _nuts(
    model: Model, data: Any, engine: str, seed: int, draws: int, tune: int, chains: int,
    form: str | None = None, target_accept: float = 0.95,
) -> tuple[dict, dict, dict]:
    """Build the model in the engine's language and run NUTS."""
    form = model.form if form is None else form
    if form not in _FORMS:
        raise ValueError(f"form: one of {', '.join(_FORMS)} is needed, got {form!r}")
    arguments.between_0_and_1("target_accept", target_accept)
    try:
        module = import_module(model.module(engine))
    except ModuleNotFoundError as missing:
        raise EngineError(
            f"engine {engine!r} is not installed: pip install 'hbm-lib[{engine}]' "
            f"(in a copy of the repository: pip install '.[{engine}]'); `hbm engines` lists what is here") from missing
    built = module.build(data, model.prior, form)
    settings = {"seed": seed, "draws": draws, "tune": tune, "chains": chains, "target_accept": target_accept}
    if engine == "pymc":
        return *nuts.sample_pymc(built, list(model.dims), **settings), {}
    return *nuts.sample_numpyro(built, list(model.dims), data.observed()["y"], **settings), {}


def _counts(**counts: object) -> None:
    """Refuse numbers of draws, chains and tuning steps that make no sense."""
    for name, value in counts.items():
        arguments.whole(name, value, 0 if name == "tune" else 1)
        if value > _MOST:
            raise ValueError(f"{name}: at most {_MOST:,} is accepted, got {value!r}")


def fit(
    model: Model,
    data: Any,
    *,
    engine: str = "exact",
    seed: int,
    draws: int = 1000,
    chains: int = 4,
    tune: int = 1000,
    groups: Sequence[str] = (),
    **options: object,
) -> xr.DataTree:
    """Compute the posterior of a model given data.

    Parameters
    ----------
    model : Model
        From one of the folders of ``hbm_lib.models``.
    data : object
        That folder's ``Data``.
    engine : {"exact", "gibbs", "pymc", "numpyro"}
        How to compute it.
    seed : int
        The one seed from which every stream is spawned.
    draws, chains, tune : int
        Kept draws per chain, chains, and warm-up sweeps (not for ``exact``).
    groups : sequence of str
        Extra groups: ``prior``, ``prior_predictive``, ``posterior_predictive``,
        ``log_likelihood``, ``log_prior``.
    **options : object
        ``form`` (gibbs, pymc, numpyro), ``target_accept`` (pymc, numpyro; 0.95
        unless given), ``thin`` (gibbs).

    Returns
    -------
    xarray.DataTree
        Groups ``posterior``, ``sample_stats`` (sampling engines), ``exact``
        (exact engine: moments, quantiles and quadrature errors),
        ``observed_data``, ``constant_data`` and those asked for.

    Raises
    ------
    EngineError
        If the engine cannot fit this model; the sentence names those that can.
    ValueError
        If the data, a count, an option or a group is not usable. Nothing has
        been sampled then.
    """
    _is_model(model)
    model.module(engine)
    _counts(draws=draws, chains=chains, tune=tune)
    draws, chains, tune = int(draws), int(chains), int(tune)  # a NumPy number of 8 bits would overflow
    seeds.sequence(seed, "check")
    for wrong in set(options) - set(_OPTIONS[engine]):
        known = ", ".join(_OPTIONS[engine]) or "none"
        raise ValueError(f"{wrong}: engine {engine!r} has no such option; it has {known}")
    if isinstance(groups, str) or not isinstance(groups, Iterable):
        raise ValueError(f"groups: a list of names is needed, got {groups!r}"
                         + (f"; write [{groups!r}]" if isinstance(groups, str) else ""))
    groups = tuple(groups)
    for wrong in [g for g in groups if g not in GROUPS]:
        raise ValueError(f"groups: {wrong!r} is not known; known are {', '.join(GROUPS)}")
    import_module(f"{model.folder}.spec").check(model.prior, data)
    start = time.perf_counter()
    counts = {"seed": seed, "draws": draws, "tune": tune, "chains": chains}
    if engine == "exact":
        posterior, stats, exact = _exact(model, data, **counts)
    elif engine == "gibbs":
        posterior, stats, exact = _gibbs(model, data, **counts, **options)
    else:
        posterior, stats, exact = _nuts(model, data, engine, **counts, **options)
    seconds = time.perf_counter() - start
    found = {"posterior": posterior} | ({"sample_stats": stats} if stats else {})
    found |= {"observed_data": data.observed(), "constant_data": data.constant()}
    found |= _extra_groups(model, data, posterior, seed, groups, (chains, draws))
    form = options.get("form") or _default_form(model, engine)
    attrs = {"model": model.name, "engine": engine, "seed": int(seed), "seconds": seconds, "form": form}
    attrs |= {f"version_{k}": v for k, v in versions(*_PACKAGES[engine]).items()}
    labels = data.coords()
    dims = dict(model.dims) | {n: data.dims[n] for n in (*data.observed(), *data.constant())}
    tree = datatree(found, dims=dims, coords=labels, attrs=attrs)
    if exact:
        base = {n: n.rsplit("_", 1)[0] for n in exact}
        values = {n: (model.dims[base[n]], v) for n, v in exact.items()}
        used = {d for n in exact for d in model.dims[base[n]]}
        tree["exact"] = xr.DataTree(xr.Dataset(values, {d: list(labels[d]) for d in used}))
    return tree


def _extra_groups(model: Model, data: Any, posterior: dict, seed: int, groups: Sequence[str], size: tuple[int, int]) -> dict:
    """Compute the groups asked for from the model's NumPy definition, the same for every engine."""
    if not groups:
        return {}
    make, prior = import_module(f"{model.folder}.generative"), model.prior
    out: dict[str, dict[str, np.ndarray]] = {}
    if "prior" in groups or "prior_predictive" in groups:
        before = make.draw_prior(seeds.rng(seed, "prior"), data, prior, size)
        if "prior" in groups:
            out["prior"] = before
        if "prior_predictive" in groups:
            out["prior_predictive"] = {"y": make.predict(seeds.rng(seed, "prior_predictive"), before, data, prior)}
    if "posterior_predictive" in groups:
        out["posterior_predictive"] = {"y": make.predict(seeds.rng(seed, "posterior_predictive"), posterior, data, prior)}
    if "log_likelihood" in groups:
        out["log_likelihood"] = {"y": make.log_likelihood(posterior, data, prior)}
    if "log_prior" in groups:
        out["log_prior"] = make.log_prior(posterior, prior)
    return out
