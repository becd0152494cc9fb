"""Gamma hurdle and negative binomial on a platform of the page's size: 60 creators in three genres, tens of thousands of users.

The prior is the law that the platforms are made from, so distances of the truth in posterior sds are standard normal over
creators: neither far off nor too small. What NUTS of NumPyro drew is then held against PyMC twice, by PyMC's density at these
very points, where there is no Monte Carlo error, and by PyMC's own NUTS.
"""

from types import SimpleNamespace

import arviz_stats
import numpy as np
import payers
import pytest
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from planting import planted
from scipy import special, stats

from hbm_lib import fit
from hbm_lib.diagnostics.comparison import compare_mcse
from hbm_lib.models import skewed
from hbm_lib.models.skewed import Coefficient, generative, numpyro_model, quantities, simulate
from hbm_lib.priors import LogNormal, Normal
from hbm_lib.samplers import nuts

MODELS = {"gamma": skewed.hurdle_gamma(), "negative_binomial": skewed.negative_binomial()}
LAWS = {"gamma": simulate.COEFFICIENTS, "negative_binomial": simulate.COUNTS}
# nearly all the time goes into compiling
NUTS = {"draws": 500, "tune": 300, "chains": 2, "target_accept": 0.8}
# a Gamma whose rate has lost its shape; users without a purchase forgotten: (engine, sound source, broken source)
BUGS = {
    "gamma": (numpyro_model, "shape * (data.payers * log_m + y * jnp.exp(-log_m))",
              "data.payers * shape * log_m + y * jnp.exp(-log_m)"),
    "negative_binomial": (numpyro_model, "data.users * shape * (jnp.log(shape) - log_sum)",
                          "y * shape * (jnp.log(shape) - log_sum)"),
}


def about(law):
    mean, genres, creators = law
    return Coefficient(Normal(mean, 0.2), LogNormal(np.log(genres), 0.2), LogNormal(np.log(creators), 0.2))


def platform(name, seed):
    """Model, users' rows, their sums and the truth."""
    rows, truth = simulate.users(seed, positive=name)
    model = MODELS[name].with_prior(**{c: about(law) for c, law in LAWS[name].items()})
    return model, rows, (skewed.Data if model.prior.hurdle else skewed.Counts).from_frame(rows), truth


# one worker has all tests of a model, so that its run is not made twice
@pytest.fixture(scope="module", params=[pytest.param(n, marks=pytest.mark.xdist_group(f"realistic {n}")) for n in MODELS])
def made(request, seed_for):
    return request.param, *platform(request.param, seed_for(f"platform {request.param}"))


def near_the_truth(name, truth):
    """Like ``payers``, with points about the truth: where the posterior is, and where the likelihood is far from 0."""

    def points(seed, data, prior, n=6):
        rng = np.random.default_rng([seed, 2])
        out = {"shape": truth.shape * np.exp(0.1 * rng.standard_normal(n))}
        for c, (mean, genres, creators) in LAWS[name].items():
            out[f"{c}_mu"] = mean + 0.1 * rng.standard_normal(n)
            for level, value in zip(payers.LEVELS, (genres, creators), strict=True):
                out[f"{c}_{level}"] = value * np.exp(0.2 * rng.standard_normal(n))
            out[f"{c}_genre"] = mean + genres * rng.standard_normal((n, data.n_genres))
            out[c] = truth.coefficients[c] + 0.1 * rng.standard_normal((n, data.n_creators))
        return out

    return SimpleNamespace(**vars(payers) | {"points": points})


@pytest.mark.parametrize("form", payers.FORMS)
@pytest.mark.parametrize("gap", [pymc_gap, numpyro_gap])
def test_the_density_is_the_definition(gap, form, made, seed):
    name, model, _, data, truth = made
    assert (data.n_creators, data.n_genres) == (60, 3)
    assert data.users.sum() > 10_000
    assert gap(seed, data, model.prior, form, study=near_the_truth(name, truth)) < LIMIT


def test_a_planted_density_is_not(made, seed):
    name, model, _, data, truth = made
    build = planted(*BUGS[name]).build
    assert numpyro_gap(seed, data, model.prior, "centered", study=near_the_truth(name, truth), build=build) > 1000 * LIMIT


def by_users(p, rows, name, data):
    """The likelihood of all users' rows by SciPy, each user by itself."""
    who = np.array([data.labels.index(v) for v in range(data.n_creators)])[rows["creator_id"]]
    on, x = (rows["group"] == "treatment").to_numpy(), rows.iloc[:, -1].to_numpy()
    mean = np.exp(p["mean_level"][who] + on * p["mean_effect"][who])
    if name == "negative_binomial":
        return stats.nbinom.logpmf(x, p["shape"], p["shape"] / (p["shape"] + mean)).sum()
    logit, pays = p["share_level"][who] + on * p["share_effect"][who], x > 0
    amounts = stats.gamma.logpdf(x[pays], p["shape"], scale=mean[pays] / p["shape"]).sum()
    return special.log_expit(np.where(pays, logit, -logit)).sum() + amounts


def test_the_likelihood_is_scipys_over_all_users(made, seed):
    name, model, rows, data, truth = made
    draws = near_the_truth(name, truth).points(seed, data, model.prior, n=3)
    found = generative.log_likelihood(draws, data, model.prior).sum((-2, -1))
    labels = SimpleNamespace(labels=[int(v) for v in data.labels], n_creators=data.n_creators)
    for i, value in enumerate(found):
        assert value == pytest.approx(by_users({k: v[i] for k, v in draws.items()}, rows, name, labels), rel=1e-10)


def gaps(posterior, truth):
    """Distances of the truth from posterior means in posterior sds: the shape, each coefficient and each effect."""
    known = truth.coefficients | {"shape": np.array(truth.shape), "effect": truth.effect}
    draws = {n: np.asarray(v) for n, v in posterior.items()}
    draws |= {"effect": quantities.effect(draws)}
    return {n: (draws[n].mean((0, 1)) - known[n]) / draws[n].std((0, 1)) for n in known}


def recovered(posterior, truth):
    """Whether the distances are those of a sound posterior: none beyond 5 sds, and 1 sd in the root mean square over creators."""
    found = gaps(posterior, truth)
    return all(np.abs(z).max() < 5 and (z.ndim == 0 or 0.6 < np.sqrt(np.mean(z**2)) < 1.5) for z in found.values())


def entries(posterior):
    draws = {n: np.asarray(v) for n, v in posterior.items() if n == "shape" or (np.ndim(v) == 3 and not n.endswith("genre"))}
    return draws | {"effect": quantities.effect(draws)}


@pytest.fixture(scope="module")
def drawn(made, seed_for):
    name, model, _, data, _ = made
    return fit(model, data, engine="numpyro", form="centered", seed=seed_for(f"numpyro {name}"), **NUTS)["posterior"].data_vars


@pytest.mark.slow
def test_numpyro_finds_the_truth_and_pymc_has_the_same_density_there(made, drawn, seed):
    name, model, _, data, truth = made
    assert recovered(drawn, truth), gaps(drawn, truth)
    assert not recovered(drawn, platform(name, seed)[-1])
    study = near_the_truth(name, truth)
    study.points = lambda *_: {n: v.values.reshape(-1, *v.shape[2:])[::75] for n, v in drawn.items()}
    assert pymc_gap(seed, data, model.prior, "centered", study=study) < LIMIT


@pytest.mark.slow
def test_pymc_agrees_with_numpyro(made, drawn, seed):
    _, model, _, data, truth = made
    tree = fit(model, data, engine="pymc", form="centered", seed=seed, **NUTS)
    assert recovered(tree["posterior"].data_vars, truth)
    mine, theirs = entries(tree["posterior"].data_vars), entries(drawn)
    found = []
    for what, draws in theirs.items():
        for i in [()] if draws.ndim == 2 else [(..., k) for k in range(0, 60, 6)]:
            a, b = mine[what][i], draws[i]
            found.append(compare_mcse(a, b.mean(), cap=0.2 * b.std(), reference_se=float(arviz_stats.mcse(b, method="mean")),
                                      quantity=f"E[{what}{i[1:]}]"))
    assert len(found) == 1 + 10 * (len(model.prior.coefficients) + 1)
    assert all(c.ok for c in found), "\n".join(str(c) for c in found if not c.ok)


@pytest.mark.slow
def test_a_planted_model_does_not_find_the_truth(seed):
    model, _, data, truth = platform("gamma", seed)
    built = planted(*BUGS["gamma"]).build(data, model.prior, "centered")
    draws, _ = nuts.sample_numpyro(built, list(model.dims), data.y, seed=seed, **NUTS)
    assert not recovered(draws, truth)
