"""The Gibbs debugger passes right conditionals and names the wrong one, by its density and by its draws."""

import re

import lines_by_hand as lines
import numpy as np
import pytest
from scipy import stats

from hbm_lib.diagnostics.conditional_laws import recognize
from hbm_lib.diagnostics.density_lines import Line, distribution_function
from hbm_lib.diagnostics.gibbs_debugger import check_conditionals, check_updates

POSITIVE = ("sigma2", "tau2")
SUBTLE = {"beta forgets its prior mean", "one group too few", "beta's prior forgotten in sigma2"}


def densities(seed, slip=None):
    rows = lines.data(seed)
    return check_conditionals(lines.log_joint(*rows), lines.densities(*rows, slip), lines.points(seed), positive=POSITIVE)


def draws(seed, slip=None, n=300):
    rows = lines.data(seed)
    return check_updates(lines.log_joint(*rows), lines.updates(*rows, slip), lines.points(seed), positive=POSITIVE,
                         seed=seed, draws=n)


def test_the_joint_density_written_by_hand_is_scipys(seed):
    rows = lines.data(seed)
    gaps = [lines.log_joint(*rows)(p) - lines.log_joint_by_scipy(*rows)(p) for p in lines.points(seed, 5)]
    assert np.ptp(gaps) < 1e-9


def test_right_conditionals_pass(seed):
    report = densities(seed)
    assert report.ok, report.verdict
    assert report.wrong == ()
    assert "beta, gamma, sigma2, tau2" in report.verdict


@pytest.mark.parametrize("slip", lines.SLIPS)
def test_a_slip_is_named_by_its_density(slip, seed):
    block, words = lines.SLIPS[slip]
    report = densities(seed, slip)
    assert report.wrong == (block,), report.verdict
    assert words in report.verdict, report.verdict


def test_right_draws_pass(seed):
    report = draws(seed)
    assert report.ok, report.verdict


@pytest.mark.parametrize("slip", [*(s for s in lines.SLIPS if s not in SUBTLE), "one noise for all groups"])
def test_a_slip_is_named_by_its_draws(slip, seed):
    block = "gamma" if slip == "one noise for all groups" else lines.SLIPS[slip][0]
    report = draws(seed, slip)
    assert block in report.wrong, report.verdict
    assert set(report.wrong) == {block}, report.verdict


@pytest.mark.parametrize(("law", "family", "parameters"), [
    (stats.norm(3.0, 0.2), "normal", {"mean": 3.0, "sd": 0.2}),
    (stats.invgamma(4.0, scale=2.5), "inverse gamma", {"shape": 4.0, "scale": 2.5}),
    (stats.gamma(4.0, scale=1 / 2.5), "gamma", {"shape": 4.0, "rate": 2.5}),
])
def test_a_law_is_recognized_by_its_shape(law, family, parameters):
    x = law.ppf(np.linspace(0.02, 0.98, 15))
    found = recognize(x, law.logpdf(x), positive=family != "normal")
    assert found.family == family
    for name, value in parameters.items():
        assert found.parameters[name] == pytest.approx(value, rel=1e-6)


def test_an_inverse_gamma_on_the_square_is_recognized():
    x = np.linspace(0.5, 3, 15)
    found = recognize(x, stats.invgamma(4.0, scale=2.5).logpdf(x**2) + np.log(x), positive=True)
    assert found.family == "inverse gamma on the square"
    assert found.parameters == pytest.approx({"shape": 4.0, "scale": 2.5})


def test_a_law_without_a_name_is_not_named():
    x = np.linspace(-2, 2, 15)
    assert recognize(x, stats.t(4).logpdf(x), positive=False) is None


class TestBadInput:
    """What cannot be checked is refused by name."""

    def check(self, **changes):
        rows = lines.data(1)
        asked = {"log_joint": lines.log_joint(*rows), "conditionals": lines.densities(*rows), "points": lines.points(1)}
        return check_conditionals(**(asked | {"positive": POSITIVE} | changes))

    def test_no_points(self):
        with pytest.raises(ValueError, match="points: at least one"):
            self.check(points=[])

    def test_nothing_to_check(self):
        with pytest.raises(ValueError, match="nothing to check"):
            self.check(conditionals={})

    def test_an_unknown_block(self):
        with pytest.raises(ValueError, match="it has no 'delta'"):
            self.check(conditionals={"delta": lambda v, rest: 0.0})

    def test_a_negative_scale(self):
        with pytest.raises(ValueError, match="sigma2 is said to be positive"):
            self.check(points=[lines.points(1)[0] | {"sigma2": -1.0}])

    def test_a_joint_density_that_is_no_number(self):
        with pytest.raises(ValueError, match="log_joint: one finite number"):
            self.check(log_joint=lambda p: np.array([1.0, 2.0]))

    def test_a_conditional_that_asks_for_itself(self):
        with pytest.raises(KeyError, match="asks for tau2 itself"):
            self.check(conditionals={"tau2": lambda v, rest: -rest["tau2"]})

    def test_a_claim_that_is_impossible_where_the_joint_is_not(self):
        report = self.check(conditionals={"tau2": lambda v, rest: -np.inf})
        assert report.wrong == ("tau2",)
        assert "not a finite number" in report.verdict

    def test_a_draw_of_another_shape(self):
        rows = lines.data(1)
        with pytest.raises(ValueError, match="a finite draw of shape"):
            check_updates(lines.log_joint(*rows), {"gamma": lambda rng, p: 0.0}, lines.points(1), seed=1)

    def test_a_negative_draw_of_a_scale(self):
        rows = lines.data(1)
        with pytest.raises(ValueError, match="and tau2 is positive"):
            check_updates(lines.log_joint(*rows), {"tau2": lambda rng, p: np.array(-1.0)}, lines.points(1), seed=1,
                          positive=POSITIVE)


def cut_normal(point):
    return -0.5 * (point["x"] - 1) ** 2 if 0.3 < point["x"] < 2.5 else -np.inf


CUT = stats.truncnorm(-0.7, 1.5, loc=1, scale=1)
BESIDE = [{"x": 0.5}, {"x": 2.0}]


@pytest.mark.parametrize("positive", [(), ("x",)])
def test_draws_of_a_law_that_is_cut_off_pass(positive, seed):
    report = check_updates(cut_normal, {"x": lambda rng, _: CUT.rvs(random_state=rng)}, BESIDE, seed=seed, positive=positive)
    assert report.ok, report.verdict


def test_draws_of_an_exponential_law_pass_and_its_claim_is_no_normal(seed):
    def joint(point):
        return -3 * point["x"] if point["x"] > 0 else -np.inf

    report = check_updates(joint, {"x": lambda rng, _: rng.exponential(1 / 3)}, BESIDE, seed=seed)
    assert report.ok, report.verdict
    assert not check_updates(joint, {"x": lambda rng, _: rng.exponential(1 / 5)}, BESIDE, seed=seed).ok
    assert "normal" not in check_conditionals(joint, {"x": lambda x, _: -3.3 * x}, BESIDE).verdict


def test_a_normal_centre_with_other_tails_is_no_normal(seed):
    def joint(point):  # Huber's: normal within 1.2, exponential beyond
        size = abs(point["x"])
        return -(size**2) / 2 if size < 1.2 else 0.72 - 1.2 * size

    line = Line("x", np.array(1.0), False, "x")
    grid = np.linspace(-40, 40, 400001)
    mass = np.exp([joint({"x": v}) for v in grid])
    for x in (-0.19, 0.19, 2.0):
        found = distribution_function(joint, {"x": np.array(x)}, line)
        assert abs(found - mass[grid <= x].sum() / mass.sum()) < 0.004


def test_draws_out_of_the_support_are_called_so(seed):
    report = check_updates(cut_normal, {"x": lambda rng, _: rng.normal(1, 1)}, BESIDE, seed=seed)
    assert report.wrong == ("x",)
    assert "leave what is possible" in report.verdict


def test_a_fault_among_many_entries_is_seen_wherever_it_is(seed):
    rng = np.random.default_rng(seed)
    points = [{"b": rng.normal(size=20)} for _ in range(2)]
    for i, j in ((1, 2), (1, 1), (5, 13), (17, 18)):
        wrong = np.eye(20)
        wrong[i, j] = wrong[j, i] = 0.7
        claim = {"b": lambda b, _, wrong=wrong: -0.5 * b @ wrong @ b}
        report = check_conditionals(lambda p: -0.5 * p["b"] @ p["b"], claim, points)
        assert report.wrong == ("b",), (i, j)


def test_a_discrete_or_bound_block_is_refused(seed):
    def count(point):
        return float(stats.poisson(4).logpmf(point["k"]))

    def share(point):
        return float(np.log(point["w"]).sum()) if abs(point["w"].sum() - 1) < 1e-9 else -np.inf

    with pytest.raises(ValueError, match="along k it is finite at the point and nowhere beside it"):
        check_conditionals(count, {"k": lambda k, _: 0.0}, [{"k": 3}])
    with pytest.raises(ValueError, match=r"updates\['k'\]: all of its draws are whole numbers"):
        check_updates(count, {"k": lambda rng, _: rng.poisson(4)}, [{"k": 3}], seed=seed)
    with pytest.raises(ValueError, match=r"along w\[0\] it is finite at the point"):
        check_conditionals(share, {"w": lambda w, _: 0.0}, [{"w": np.array([0.2, 0.3, 0.5])}], positive=["w"])


@pytest.mark.parametrize(("change", "said"), [
    ({"points": {"x": 1.0}}, "points: a list of points {name: value} is needed; write [point]"),
    ({"points": [1.0]}, "points[0]: a mapping {name: value} is needed, got 1.0"),
    ({"points": [{"x": "one"}]}, "points[0]: x must be a number or an array of numbers, got 'one'"),
    ({"positive": "x"}, "positive: a list of names is needed, got 'x'; write ['x']"),
    ({"draws": 0}, "draws: a whole number of at least 20 is needed, got 0"),
    ({"draws": 40.0}, "draws: a whole number of at least 20 is needed, got 40.0"),
    ({"level": 2}, "level: a number strictly between 0 and 1 is needed, got 2"),
])
def test_arguments_of_the_debugger_are_refused_by_name(change, said):
    given = {"points": BESIDE, "seed": 1} | change
    with pytest.raises(ValueError, match=re.escape(said)):
        check_updates(cut_normal, {"x": lambda rng, _: CUT.rvs(random_state=rng)}, **given)


def test_a_claim_of_several_numbers_is_refused():
    with pytest.raises(ValueError, match=r"conditionals\['x'\]: one log density is needed, got an array of shape \(2,\)"):
        check_conditionals(cut_normal, {"x": lambda x, _: np.array([x, x])}, BESIDE)


def test_a_line_of_positive_entries_has_the_jacobian_of_them_all(seed):
    rng = np.random.default_rng(seed)
    point = {"v": rng.uniform(0.5, 2.0, 3)}
    line = Line("v", np.array([2.0, -1.0, 0.5]), True, "v")
    mass = line.log_mass(lambda p: -float(p["v"] @ p["v"]), point)
    for t in (-0.4, 0.0, 0.7):
        moved = point["v"] * np.exp(t * np.array([2.0, -1.0, 0.5]))
        # d v / d t of the three together: each entry's own factor, times what no t changes
        assert mass(t) == pytest.approx(-moved @ moved + 1.5 * t, rel=1e-12)


def test_every_block_counts_among_the_tests(seed):
    def joint(point):
        return -0.5 * point["a"] ** 2 - 0.5 * point["b"] @ point["b"]

    points = [{"a": 0.4, "b": np.array([0.3, -0.6])}]
    alone = {"a": lambda rng, _: rng.normal(0.3, 1.1)}
    both = alone | {"b": lambda rng, _: rng.standard_normal(2)}
    first, second = (check_updates(joint, updates, points, seed=seed).table["departure"][0] for updates in (alone, both))
    # a: one line; b: two coordinates and two oblique lines
    assert second == pytest.approx(min(1.0, 5 * first))
    assert first < 0.2
