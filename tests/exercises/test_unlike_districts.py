"""What the exercise on districts says of its real data is true, and its surveys agree with another integral."""

import numpy as np
import pytest
from scipy import integrate, special, stats

from hbm_lib.data.real import load
from hbm_lib.exercises import bank
from hbm_lib.models import logistic
from hbm_lib.models.logistic.likelihood import maximum_likelihood

FOLDER = bank.root() / "doctors" / "08_unlike_districts"


def test_the_prompt_has_the_numbers_of_the_data():
    said, women = " ".join(bank.prompt(FOLDER).split()), load("contraception")
    women = women.assign(uses=women["use"] == "Y", town=(women["urban"] == "Y") * 1.0)
    counts = women.groupby("district")["uses"].agg(["sum", "size"])
    assert f"asked {len(women):,} married women of {len(counts)} districts" in said
    for district, verb in ((11, "women said yes, "), (14, "")):
        yes, asked = counts.loc[district]
        assert f"in district {district}, {yes} of {asked} {verb}".strip().lower() in said.lower()
    plain, place = (
        maximum_likelihood(logistic.Data.from_frame(women, outcome="uses", group="district", covariates=names), 15)
        for names in ([], ["town"])
    )
    assert rf"Maximum likelihood says $\tau = {plain.tau:.2f}$" in said
    assert rf"$\eta = {place.mu:.2f}$, $\beta = {place.beta[0]:.2f}$, $\tau = {place.tau:.2f}$" in said
    assert rf"$\exp(\beta) = {np.exp(place.beta[0]):.1f}$" in said


@pytest.mark.parametrize("number", range(3))
def test_the_survey_by_adaptive_quadrature(number):
    tried = bank.checker(FOLDER).questions[2].cases[number].inputs
    eta, beta, tau = tried["eta"], tried["beta"], tried["tau"]

    def share(logit):
        f = lambda a: special.expit(logit + a) * stats.norm.pdf(a, 0, tau)  # noqa: E731
        return integrate.quad(f, -10 * tau, 10 * tau, epsabs=0, epsrel=1e-10)[0]

    village, town = share(eta), share(eta + beta)
    wanted = village, town * (1 - village) / (village * (1 - town))
    assert bank.checker(FOLDER).questions[2].truth(eta, beta, tau) == pytest.approx(wanted, rel=1e-6)


def test_the_closing_words_hold():
    """A survey's ratio is nearer to 1 than that within a district, and the table's is farther, as is said."""
    space = bank.load(FOLDER / "check.py")
    within, seen = np.exp(space.PLACE.beta[0]), space.survey(space.PLACE.mu, space.PLACE.beta[0], space.PLACE.tau)[1]
    assert 1 < seen < within < space.CRUDE
    assert space.median_odds_ratio(space.PLAIN.tau) < space.UNLIKE
    assert abs(space.UNLIKE - space.raw_odds_ratio(space.WOMEN)) < 0.15
    assert space.ALIKE < 1.65
