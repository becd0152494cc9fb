"""Creators: input that cannot be used is refused with a sentence that says where, before anything is sampled."""

import re
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from makers import DATA

from hbm_lib import fit, fit_exact, fitting
from hbm_lib.models import creators, eight_schools
from hbm_lib.models.creators import exact, gibbs
from hbm_lib.priors import Exponential, HalfNormal, LogNormal, Normal, StudentT, Uniform
from hbm_lib.samplers import nuts

EFFECT, SE, GENRE = [0.9, 0.1, 1.4, -0.6, 0.5], [0.5, 0.2, 0.9, 0.4, 0.1], ["a", "b", "a", "c", "b"]
NAN, INF = float("nan"), float("inf")
MODEL = creators.partial_pooling()


@pytest.fixture
def no_sampling(monkeypatch):
    """Everything that samples or integrates raises what no test expects."""
    def caught(*_, **__):
        raise RuntimeError("something was computed before the input was refused")

    for module, name in ((exact, "take"), (exact, "scales"), (gibbs, "draw_block"), (fitting, "run_chains"),
                         (nuts, "sample_pymc"), (nuts, "sample_numpyro")):
        monkeypatch.setattr(module, name, caught)


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


VALUES = [
    (lambda v: [v[0], NAN, *v[2:]], "row 1: nan is missing or infinite; drop the row or mend it"),
    (lambda v: [*v[:2], INF, *v[3:]], "row 2: inf is missing or infinite"),
    (lambda v: [*v[:3], -INF, v[4]], "row 3: -inf is missing or infinite"),
    (lambda v: [v[0], "0.5", *v[2:]], "row 1: '0.5' is not a number; convert the column first"),
    (lambda v: [v[0], None, *v[2:]], "row 1: None is not a number"),
    (lambda v: [v[0], True, *v[2:]], "row 1: True is not a number"),
    (lambda v: [v[0], pd.NA, *v[2:]], "row 1: <NA> is not a number"),
    (lambda v: [v[0], 1j, *v[2:]], "row 1: 1j is not a number"),
    (lambda v: [v[0], 1e200, *v[2:]], "row 1: 1e+200 is too large to compute with; measure it in a larger unit"),
    (lambda v: np.ma.masked_array(v, [0, 0, 1, 0, 0]), "row 2: the value is masked; drop the row or mend it"),
]


@pytest.mark.parametrize(("change", "said"), VALUES)
def test_effects_and_standard_errors(change, said):
    refused(f"effect, {said}", lambda: creators.Data(change(EFFECT), SE, GENRE))
    refused(f"se, {said}", lambda: creators.Data(EFFECT, change(SE), GENRE))


@pytest.mark.parametrize(("given", "said"), [
    (np.ones((5, 2)), "one number a row is needed, got an array of shape (5, 2)"),
    ("0.5 0.2", "one number a row is needed, got '0.5 0.2'"),
    (None, "one number a row is needed, got None"),
    (0.5, "one number a row is needed, got 0.5"),
])
def test_what_is_no_column(given, said):
    refused(f"effect: {said}", lambda: creators.Data(given, SE, GENRE))
    refused(f"se: {said}", lambda: creators.Data(EFFECT, given, GENRE))


@pytest.mark.parametrize("value", [0, 0.0, -0.0, -1, -1e-12])
def test_a_standard_error_is_above_zero(value):
    said = f"se, row 3: {value:g} is not above 0; a standard error must be"
    refused(said, lambda: creators.Data(EFFECT, [*SE[:3], value, SE[4]], GENRE))
    refused(said, lambda: creators.Data(EFFECT, np.array([*SE[:3], value, SE[4]]), GENRE))


@pytest.mark.parametrize(("effect", "se", "genre", "creator", "said"), [
    (EFFECT[:4], SE, GENRE, None, "the columns differ in length: effect has 4, se has 5, genre has 5; give one row a creator"),
    (EFFECT, SE[:4], GENRE, None, "effect has 5, se has 4, genre has 5"),
    (EFFECT, SE, GENRE[:2], None, "effect has 5, se has 5, genre has 2"),
    (EFFECT, SE, GENRE, list("vwxy"), "effect has 5, se has 5, genre has 5, creator has 4"),
    ([], [], [], None, "effect: there is no row; at least one creator is needed"),
])
def test_lengths(effect, se, genre, creator, said):
    refused(said, lambda: creators.Data(effect, se, genre, creator))


@pytest.mark.parametrize("name", ["genre", "creator"])
@pytest.mark.parametrize(("labels", "said"), [
    (["v", None, "w", "x", "y"], "row 1: the label is missing; name the group or drop the row"),
    (["v", "w", NAN, "x", "y"], "row 2: the label is missing"),
    ([1.0, 2.0, NAN, 3.0, 4.0], "row 2: the label is missing"),
    (["v", "w", "x", pd.NA, "y"], "row 3: the label is missing"),
    (["v", "w", "x", "  ", "y"], "row 3: the label is missing"),
    (pd.Categorical(["v", None, "x", "y", "z"]), "row 1: the label is missing"),
])
def test_labels_that_are_missing(name, labels, said):
    refused(f"{name}, {said}", lambda: creators.Data(EFFECT, SE, **({"genre": GENRE} | {name: labels})))


@pytest.mark.parametrize("given", ["vwxyz", 3])
def test_what_is_no_column_of_labels(given):
    refused(f"genre: one label a row is needed, got {given!r}", lambda: creators.Data(EFFECT, SE, given))
    refused(f"creator: one label a row is needed, got {given!r}", lambda: creators.Data(EFFECT, SE, GENRE, given))
    refused("genre: one label a row is needed, got None", lambda: creators.Data(EFFECT, SE, None))
    refused("genre: the labels must be text or numbers, got ['v']", lambda: creators.Data(EFFECT, SE, [["v"]] * 5))


@pytest.mark.parametrize(("creator", "said"), [
    (list("vwxvz"), "creator, row 3: 'v' stands in row 0 too; give each creator one row (sum up its experiments first)"),
    ([7, 8, 9, 10, 8], "creator, row 4: '8' stands in row 1 too"),
    ([7, 8, 9, 10, "7"], "creator, row 4: '7' stands in row 0 too"),
    (["v", "w", "x", "w ", "z"], "creator, row 3: 'w ' stands in row 1 too"),
])
def test_a_creator_twice(creator, said):
    refused(said, lambda: creators.Data(EFFECT, SE, GENRE, creator))


def table(**changes):
    return pd.DataFrame({"d": EFFECT, "error": SE, "topic": GENRE, "who": list("vwxyz")} | changes)


NAMES = {"effect": "d", "se": "error", "genre": "topic", "creator": "who"}


@pytest.mark.parametrize("kind", ["pandas", "arrow"])
@pytest.mark.parametrize(("frame", "names", "said"), [
    (table(), {"effect": "lift"}, "column 'lift' is not in the table; it has d, error, topic, who"),
    (table(), {"creator": "id"}, "column 'id' is not in the table"),
    (table(d=[1, None, 2, 3, 4]), {}, "column 'd', row 1: "),
    (table(d=list("abcde")), {}, "column 'd', row 0: 'a' is not a number"),
    (table(error=[1, 1, 0, 1, 1]), {}, "column 'error', row 2: 0 is not above 0; a standard error must be"),
    (table(topic=["a", None, "a", "c", "b"]), {}, "column 'topic', row 1: the label is missing"),
    (table(who=list("vwxvz")), {}, "column 'who', row 3: 'v' stands in row 0 too"),
    (table().iloc[:0], {}, "column 'd': there is no row"),
])
def test_data_frames(kind, frame, names, said):
    given = frame if kind == "pandas" else pa.Table.from_pandas(frame, preserve_index=False)
    refused(said, lambda: creators.Data.from_frame(given, **(NAMES | names)))


@pytest.mark.parametrize("given", [None, [1, 2], {"d": EFFECT}, "creators.csv"])
def test_what_is_no_table(given):
    said = f"frame: a pandas or Polars data frame is needed, got {type(given).__name__}"
    refused(said, lambda: creators.Data.from_frame(given, **NAMES))


@pytest.mark.parametrize("shape", [(8,), (3, 7), (2, 3, 8)])
def test_replicates_of_another_shape(shape):
    refused(f"y: shape (data sets, 8) is needed, got {shape}", lambda: DATA.replicated(np.zeros(shape)))


SCALE = HalfNormal(1)


@pytest.mark.parametrize(("make", "said"), [
    (lambda: creators.Prior(None, SCALE, SCALE), "mu_global: a distribution of hbm_lib.priors is needed, got None"),
    (lambda: creators.Prior(Normal(0, 1), 1.0, SCALE), "sigma_genre: a distribution of hbm_lib.priors is needed, got 1.0"),
    (lambda: creators.Prior(Normal(0, 1), SCALE, Normal(0, 1)), "sigma_creator: its prior must live above 0"),
    (lambda: MODEL.with_prior(sigma_genre=Uniform(-1, 1)), "sigma_genre: its prior must live above 0"),
    (lambda: MODEL.with_prior(sigma_genre="HalfNormal(1)"), "sigma_genre: a distribution of hbm_lib.priors is needed"),
    (lambda: MODEL.with_prior(sigma_creator=None), "sigma_creator: this removes a variable"),
])
def test_priors(make, said):
    refused(said, make)


GOOD = {"model": MODEL, "data": DATA, "engine": "gibbs", "seed": 1}


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize(("changes", "said"), [
    ({"engine": "stan"}, "engine: 'stan' is not known; creators.partial_pooling can be fitted with exact, gibbs, pymc, numpyro"),
    ({"model": creators.partial_pooling}, "model: a Model is needed"),
    ({"data": None}, "data: a creators.Data is needed, got NoneType"),
    ({"data": table()}, "data: a creators.Data is needed, got DataFrame"),
    ({"data": eight_schools.eight_schools()}, "data: a creators.Data is needed, got Data"),
    ({"data": DATA.replicated(np.zeros((3, 8)))}, "data: one data set is needed, got 3 at once; fit them in turn"),
    ({"seed": 1.5}, "seed: a whole number of at least 0 is needed, got 1.5"),
    ({"draws": 0}, "draws: a whole number of at least 1 is needed, got 0"),
    ({"chains": True}, "chains: a whole number of at least 1 is needed"),
    ({"form": "centred"}, "form: one of noncentered, centered, mixed, interwoven is needed, got 'centred'"),
    ({"engine": "numpyro", "target_accept": 1.0}, "target_accept: a number strictly between 0 and 1 is needed, got 1.0"),
    ({"engine": "exact", "form": "centered"}, "form: engine 'exact' has no such option; it has none"),
])
def test_fit(changes, said):
    refused(said, lambda: fit(**(GOOD | changes)))


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("engine", ["exact", "gibbs"])
@pytest.mark.parametrize("law", [StudentT(3, 0, 1), LogNormal(0, 1), Exponential(1)])
def test_a_prior_that_the_algebra_has_no_answer_for(engine, law):
    model = MODEL.with_prior(mu_global=law)
    said = f"engine {engine!r} needs a Normal prior on mu_global, got {law}; use pymc or numpyro"
    refused(said, lambda: fit(model, DATA, engine=engine, seed=1) if engine == "exact" else gibbs.init(
        np.random.default_rng(1), DATA, model.prior, 4))


@pytest.mark.usefixtures("no_sampling")
@pytest.mark.parametrize("engine", ["exact", "gibbs", "pymc", "numpyro"])
def test_the_guard_itself_bites(engine):
    """What is accepted reaches the sampler, so the tests above would have seen it."""
    with pytest.raises(RuntimeError, match="something was computed"):
        fit(**(GOOD | {"engine": engine}))


def test_questions_that_the_posterior_has_no_answer_for():
    posterior = fit_exact(MODEL, DATA)
    for name in ("theta", "sigma", ""):
        refused(f"name: creators.partial_pooling has mu_global, sigma_genre, mu_genre, sigma_creator, tau, got {name!r}",
                lambda name=name: posterior.mean(name))
    for q in (0, 1, -0.1, NAN):
        for name in ("mu_global", "sigma_genre", "tau"):
            refused("q: probabilities strictly between 0 and 1 are needed",
                    lambda q=q, name=name: posterior.quantile(name, q))


def test_good_input_in_many_forms_is_the_same_data():
    """Lists, arrays, series, tables, numbers for names: one result, and the caller's array stays the caller's."""
    forms = [
        creators.Data(EFFECT, SE, GENRE, list("vwxyz")),
        creators.Data(pd.Series(EFFECT, index=[9, 4, 2, 0, 1]), tuple(SE), pd.Categorical(GENRE), np.array(list("vwxyz"))),
        creators.Data.from_frame(table(), **NAMES),
        creators.Data.from_frame(table().set_index("who", drop=False), **NAMES),
        creators.Data.from_frame(pa.Table.from_pandas(table()), **NAMES),
    ]
    for data in forms:
        np.testing.assert_array_equal(data.effect, EFFECT)
        np.testing.assert_array_equal(data.se, SE)
        np.testing.assert_array_equal(data.index, [0, 1, 0, 2, 1])
        assert (data.genres, data.labels) == (("a", "b", "c"), list("vwxyz"))
    assert creators.Data(EFFECT, SE, [3, 7, 3, 1, 7]).genres == ("3", "7", "1")
    assert creators.Data(EFFECT, SE, GENRE).labels == list("01234")
    mine = np.array(EFFECT)
    data = creators.Data(mine, SE, GENRE)
    mine[0] = 99
    assert data.effect[0] == 0.9
    with pytest.raises(ValueError, match="read-only"):
        data.effect[0] = 99


def plain(effect, se, index, top=12, n=80):
    """Means and standard deviations of tau by brute force: the full covariance of the effects on a plain grid of both scales."""
    x, w = np.polynomial.legendre.leggauss(n)
    x, w = top * (x + 1) / 2, top * w / 2 * np.exp(-((top * (x + 1) / 2) ** 2) / 2)
    effect, same = np.asarray(effect), np.equal.outer(index, index)
    total, mean, square = 0.0, 0.0, 0.0
    for a, wa in zip(x, w, strict=True):
        for b, wb in zip(x, w, strict=True):
            tau = 1 + a**2 * same + b**2 * np.eye(len(effect))
            both = tau + np.diag(np.square(se))
            found = np.linalg.solve(both, effect)
            p = wa * wb * np.exp(-0.5 * effect @ found) / np.sqrt(np.linalg.det(both))
            here = tau @ found
            total, mean = total + p, mean + p * here
            square = square + p * (here**2 + np.diag(tau - tau @ np.linalg.solve(both, tau)))
    return mean / total, np.sqrt(square / total - (mean / total) ** 2)


@pytest.mark.parametrize(("effect", "se", "genre"), [
    ([1.3], [0.5], ["a"]),
    ([1.3, -0.2, 0.4], [0.5, 0.1, 2.0], ["a", "a", "a"]),
    ([1.3, -0.2, 0.4], [0.5, 0.1, 2.0], ["a", "b", "c"]),
    ([0.5, 0.5, 0.5, 0.5], [0.3, 0.3, 0.3, 0.3], ["a", "a", "b", "b"]),
], ids=["one creator", "one genre", "one creator a genre", "effects all the same"])
def test_the_smallest_data_sets_have_a_posterior(effect, se, genre):
    """Few creators, few genres: the priors answer for what the data leaves open."""
    data = creators.Data(effect, se, genre)
    posterior = fit_exact(MODEL, data)
    for found, wanted in zip((posterior.mean("tau"), posterior.sd("tau")), plain(effect, se, data.index), strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-6)
    tree = fit(MODEL, data, engine="gibbs", seed=1, draws=20, tune=20)
    assert all(np.isfinite(values).all() for values in tree["posterior"].data_vars.values())


def test_a_hundred_thousand_creators_of_one_size_are_fast(seed):
    """All standard errors alike: intervals of 100,000 creators within seconds, and the made-up scales found again."""
    rng, n, se = np.random.default_rng(seed), 100_000, 0.5
    genre = np.arange(n) % 5
    effect = rng.normal([0.8, 0.2, 0.5, 0.3, 0.6], 0.4, (n // 5, 5)).ravel() + se * rng.standard_normal(n)
    start = time.process_time()
    data = creators.Data(effect, np.full(n, se), genre)
    posterior = fit_exact(MODEL, data)
    low, high = (posterior.quantile("tau", q) for q in (0.025, 0.975))
    assert time.process_time() - start < 10
    assert posterior.mean("sigma_creator") == pytest.approx(0.4, abs=5 * posterior.sd("sigma_creator"))
    assert np.all((low < posterior.mean("tau")) & (posterior.mean("tau") < high))
    # all of one genre and one size: the mean is a line in the effect, of slope between 0 and 1
    one = genre == 0
    slope, level = np.polyfit(effect[one], posterior.mean("tau")[one], 1)
    assert slope == pytest.approx(0.4**2 / (0.4**2 + se**2), abs=0.02)
    np.testing.assert_allclose(posterior.mean("tau")[one], level + slope * effect[one], atol=1e-3)
