"""The Gibbs debugger passes right conditionals and names the wrong one, by its density and by its draws."""

import lines_by_hand as lines
import numpy as np
import pytest
from scipy import stats

from hbm_lib.diagnostics.conditional_laws import recognize
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
