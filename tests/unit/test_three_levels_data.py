"""Three levels: what the data says of itself, what is refused, made-up districts, shares of the variance."""

import re

import numpy as np
import pandas as pd
import pytest
from teachers import DATA, SCHOOL, SCORES, TEACHER

from hbm_lib import fit
from hbm_lib.models import schools, three_levels
from hbm_lib.models.three_levels import generative, quantities, simulate
from hbm_lib.priors import Normal

FRAME = pd.DataFrame({"score": SCORES, "class": TEACHER, "building": SCHOOL})
COLUMNS = {"y": "score", "teacher": "class", "school": "building"}


def refused(said, make):
    with pytest.raises(ValueError, match=re.escape(said)):
        make()


def test_labels_stand_in_the_order_of_their_first_row():
    assert DATA.teachers == tuple(dict.fromkeys(TEACHER))
    assert DATA.schools == tuple(dict.fromkeys(SCHOOL))
    assert [DATA.teachers[i] for i in DATA.index] == TEACHER
    assert [DATA.schools[DATA.of_teacher[i]] for i in DATA.index] == SCHOOL


def test_what_is_sufficient_is_what_the_pupils_say():
    table = FRAME.groupby("class")["score"]
    np.testing.assert_allclose(DATA.means, table.mean()[list(DATA.teachers)])
    np.testing.assert_array_equal(DATA.counts, table.count()[list(DATA.teachers)])
    assert DATA.within == pytest.approx((table.var(ddof=0) * table.count()).sum())
    np.testing.assert_array_equal(DATA.membership.sum(0), FRAME.groupby("building")["class"].nunique()[list(DATA.schools)])


def test_a_frame_gives_the_same_data():
    found = three_levels.Data.from_frame(FRAME, **COLUMNS)
    for name in ("y", "index", "of_teacher"):
        np.testing.assert_array_equal(getattr(found, name), getattr(DATA, name))
    assert (found.teachers, found.schools) == (DATA.teachers, DATA.schools)


def changed(row, column, value):
    table = FRAME.astype({column: object})
    table.loc[row, column] = value
    return table


@pytest.mark.parametrize(("frame", "columns", "said"), [
    (changed(3, "score", None), COLUMNS, "column 'score', row 3: None is not a number; convert the column first"),
    (changed(3, "score", np.nan), COLUMNS, "column 'score', row 3: nan is missing or infinite; drop the row or mend it"),
    (changed(4, "class", None), COLUMNS, "column 'class', row 4: the label is missing; name the group or drop the row"),
    (changed(5, "building", " "), COLUMNS, "column 'building', row 5: the label is missing"),
    (FRAME, COLUMNS | {"teacher": "room"}, "column 'room' is not in the table; it has score, class, building"),
    (changed(17, "building", "north"), COLUMNS,
     "column 'class', row 17: 'e' stands in school 'north' and in 'west'; give teachers of different schools different labels"),
])
def test_a_frame_that_cannot_be_used_is_refused(frame, columns, said):
    refused(said, lambda: three_levels.Data.from_frame(frame, **columns))


@pytest.mark.parametrize(("y", "teacher", "school", "said"), [
    ([1, 2, 3], list("aab"), [1, 1], "the columns differ in length: y has 3, teacher has 3, school has 2; give one row a pupil"),
    ([1, 2, 3], list("aab"), [1, 1, 1], "school: at least two schools are needed, got 1"),
    ([1, 2, 3], list("aab"), [1, 1, 2], "teacher: every school has one teacher"),
    ([1, 2, 3], list("abc"), [1, 1, 2], "teacher: every teacher has one pupil"),
    ([1, 2, 3, 4], list("aaba"), [1, 2, 1, 1], "teacher, row 1: 'a' stands in school '1' and in '2'"),
    ([1e300, 2, 3], list("aab"), [1, 1, 2], "y, row 0: 1e+300 is too large to compute with; measure it in a larger unit"),
])
def test_columns_that_cannot_be_used_are_refused(y, teacher, school, said):
    refused(said, lambda: three_levels.Data(y, teacher, school))


def test_data_and_priors_of_another_kind_are_refused():
    model = three_levels.three_levels()
    other = schools.Data(SCORES, SCHOOL)
    refused("data: a three_levels.Data is needed, got Data", lambda: fit(model, other, engine="gibbs", seed=1))
    many = DATA.replicated(np.zeros((2, DATA.n_pupils)))
    refused("data: one data set is needed, got 2 at once", lambda: fit(model, many, engine="gibbs", seed=1))
    refused("y: shape (data sets, 18) is needed, got (2, 3)", lambda: DATA.replicated(np.zeros((2, 3))))
    refused("tau_school: its prior must live above 0", lambda: model.with_prior(tau_school=Normal(0, 1)))
    refused("mu: a distribution of hbm_lib.priors is needed, got 3", lambda: model.with_prior(mu=3))


def test_the_result_has_labels_and_the_groups_asked_for(seed):
    tree = fit(three_levels.three_levels(), DATA, engine="gibbs", form="interwoven", seed=seed, draws=20, tune=5, chains=2,
               groups=["prior", "prior_predictive", "posterior_predictive", "log_likelihood", "log_prior"])
    assert tree["posterior"]["theta"].dims == ("chain", "draw", "school")
    assert list(tree["posterior"]["alpha"]["teacher"].values) == list(DATA.teachers)
    assert tree["posterior_predictive"]["y"].shape == (2, 20, DATA.n_pupils)
    assert set(tree["log_prior"].data_vars) == set(generative.SCALARS)


def test_shares_are_of_the_whole_and_add_up(seed):
    draws = {"tau_school": np.array([0.0, 3.0]), "tau_teacher": np.array([3.0, 4.0]), "sigma": np.array([4.0, 12.0])}
    found = generative.shares(draws)
    np.testing.assert_allclose(found["schools"], [0, 9 / 169])
    np.testing.assert_allclose(found["teachers"], [9 / 25, 16 / 169])
    np.testing.assert_allclose(sum(found.values()), 1)


def test_shares_are_what_a_large_district_shows(seed):
    """Variances of means over schools and over teachers, at a size where they leave no doubt."""
    data, truth = simulate.district(seed, schools=400, teachers=(6, 6), pupils=(20, 20))
    scores = data.y.reshape(400, 6, 20)
    pupils, classes = scores.var(2, ddof=1).mean(), scores.mean(2).var(1, ddof=1).mean()
    between = scores.mean((1, 2)).var(ddof=1)
    found = {"pupils": pupils, "teachers": classes - pupils / 20, "schools": between - classes / 6}
    wanted = generative.shares({n: getattr(truth, n) for n in ("tau_school", "tau_teacher", "sigma")})
    for level, share in wanted.items():
        assert found[level] / sum(found.values()) == pytest.approx(share, abs=0.035), level


def test_a_district_is_what_was_asked_for():
    data, truth = simulate.district(7, schools=5, teachers=(2, 3), pupils=(4, 9), mu=60, tau_school=2, tau_teacher=1, sigma=3)
    again, _ = simulate.district(7, schools=5, teachers=(2, 3), pupils=(4, 9), mu=60, tau_school=2, tau_teacher=1, sigma=3)
    other, _ = simulate.district(8, schools=5, teachers=(2, 3), pupils=(4, 9), mu=60, tau_school=2, tau_teacher=1, sigma=3)
    np.testing.assert_array_equal(data.y, again.y)
    assert len(other.y) != len(data.y) or np.any(other.y != data.y)
    assert data.schools == ("S1", "S2", "S3", "S4", "S5")
    assert data.teachers[:2] == ("S1-a", "S1-b")
    assert set(np.bincount(data.of_teacher)) <= {2, 3}
    assert set(data.counts) <= set(range(4, 10))
    assert truth.theta.shape == (5,)
    assert truth.alpha.shape == (len(data.teachers),)


def test_the_truth_is_found_again(seed):
    """Hyperparameters within 4.5 posterior sd, which are small; 90 % intervals hold about 90 % of the teachers."""
    data, truth = simulate.district(seed, schools=40)
    tree = fit(three_levels.three_levels(), data, engine="gibbs", form="interwoven", seed=seed, chains=4, draws=250, tune=80)
    posterior = tree["posterior"]
    for name, largest in (("mu", 1.5), ("tau_school", 1.5), ("tau_teacher", 1.0), ("sigma", 0.4)):
        mean, sd = float(posterior[name].mean()), float(posterior[name].std())
        assert sd < largest, name
        assert abs(mean - getattr(truth, name)) < 4.5 * sd, name
    low, high = posterior["alpha"].quantile([0.05, 0.95], ("chain", "draw")).values
    assert 0.8 < np.mean((low < truth.alpha) & (truth.alpha < high)) < 0.98
    pooled = ((posterior["alpha"].mean(("chain", "draw")).values - truth.alpha) ** 2).mean()
    assert pooled < ((data.means - truth.alpha) ** 2).mean(), "partial pooling is nearer the truth than each teacher's own mean"


def test_what_calibration_ranks_is_of_each_data_set_alone(seed):
    model = three_levels.three_levels()
    rng = np.random.default_rng(seed)
    draws = generative.draw_prior(rng, DATA, model.prior, (3, 4))
    y = generative.predict(rng, {n: v[:, 0] for n, v in draws.items()}, DATA, model.prior)
    found = quantities.ranked(DATA, model.prior)(draws, y[:, None])
    assert {v.shape for v in found.values()} == {(3, 4)}
    for r in range(3):
        own = three_levels.Data(y[r], TEACHER, SCHOOL)
        wanted = generative.log_likelihood({n: v[r] for n, v in draws.items()}, own, model.prior).sum(-1)
        np.testing.assert_allclose(found["log likelihood"][r], wanted)
