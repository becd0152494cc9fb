"""A clinic made up for the chapter: named doctors of very unequal case load, one row a patient, with the truth known.

Patient i of doctor j has a severity s_ij, in standard deviations of all patients and read off in half steps, and

    success_ij ~ Bernoulli(inv_logit(alpha_j + beta s_ij)),     alpha_j ~ Normal(mu, tau),
    s_ij = Normal(m_j, sqrt(1 - mix^2)) to the nearest half,    m_j ~ Normal(0, mix),

so that some doctors see harder cases than others, which their raw rates do not show. A score in steps
lets patients of one doctor with equal scores be one binomial row.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special

from hbm_lib import arguments, seeds
from hbm_lib.models.logistic.spec import Data

DOCTORS = tuple(f"Dr. {letter}" for letter in "ABCDEFGHIJ")
STORY = {"Dr. B": (4, 4), "Dr. D": (0, 3)}
LARGE = {"Dr. G": 240}
_TRIES = 100_000


@dataclass(frozen=True)
class Truth:
    """What a clinic was made from.

    Attributes
    ----------
    mu, tau, beta : float
        Mean and standard deviation of the doctors' logits, and the change of a logit for one
        standard deviation of severity.
    mix : float
        Standard deviation of the doctors' mean severities.
    labels : tuple of str
        The doctors.
    alpha, p : array of shape (J,)
        Each doctor's true logit and probability of success for a patient of severity 0.
    severity : array of shape (J,)
        The mean severity of those who come to each doctor.
    cases : array of shape (J,)
        Patients of each doctor.
    """

    mu: float
    tau: float
    beta: float
    mix: float
    labels: tuple[str, ...]
    alpha: np.ndarray
    severity: np.ndarray
    cases: np.ndarray

    @property
    def p(self) -> np.ndarray:
        """Each doctor's true probability of success for a patient of severity 0."""
        return special.expit(self.alpha)


def clinic(
    seed: int, *, mu: float = 1.1, tau: float = 0.8, beta: float = -0.7, mix: float = 0.5
) -> tuple[pd.DataFrame, Truth]:
    """Make up the chapter's clinic, in which Dr. B has 4 successes of 4, Dr. D none of 3, and Dr. G 240 patients.

    Three case loads are set by the story; the other doctors' loads run from 6 to 120, in random order. All
    doctors, patients and outcomes are drawn from ``seed``, and Dr. B and Dr. D are drawn again,
    truth, patients and outcomes, until the outcomes are those of the story. That is a draw from the
    model given the event, so their true rates are what such outcomes come from, and no seed was searched for.

    Parameters
    ----------
    seed : int
        Of everything random here.
    mu, tau, beta, mix : float
        The true hyperparameters, as in ``Truth``.

    Returns
    -------
    tuple of pandas.DataFrame and Truth
        One row a patient: ``doctor``, ``severity``, ``success`` (0 or 1).

    Raises
    ------
    ValueError
        If a hyperparameter makes no sense.
    """
    _check(mu=mu, tau=tau, beta=beta, mix=mix)
    rng = seeds.rng(seed, "clinic")
    fixed = LARGE | {name: cases for name, (_, cases) in STORY.items()}
    others = iter(rng.permutation(_loads(len(DOCTORS) - len(fixed), 6, 120)))
    cases = np.array([fixed[name] if name in fixed else next(others) for name in DOCTORS])
    drawn = {name: _doctor(seed, j, n, (mu, tau, beta, mix), STORY.get(name, (None,))[0])
             for j, (name, n) in enumerate(zip(DOCTORS, cases, strict=True))}
    return _put_together(drawn, cases, (mu, tau, beta, mix))


def clinics(
    seed: int, n: int, *, doctors: int = 10, smallest: int = 3, largest: int = 240,
    mu: float = 1.1, tau: float = 0.8, beta: float = -0.7, mix: float = 0.5,
) -> list[tuple[pd.DataFrame, Truth]]:
    """Make up many clinics in which no outcome is set: each is a plain draw from the model.

    Parameters
    ----------
    seed : int
        Of everything random here.
    n : int
        How many clinics.
    doctors, smallest, largest : int
        How many doctors, and patients of the smallest and the largest load; loads are evenly spaced on the
        log scale, in random order.
    mu, tau, beta, mix : float
        The true hyperparameters, as in ``Truth``.

    Returns
    -------
    list of tuple of pandas.DataFrame and Truth
        Clinics of the same form as ``clinic`` makes.

    Raises
    ------
    ValueError
        If a count or a hyperparameter makes no sense.
    """
    _check(mu=mu, tau=tau, beta=beta, mix=mix)
    whole = arguments.is_whole(n, doctors, smallest, largest)
    if not whole or n < 1 or doctors < 2 or not 1 <= smallest <= largest:
        raise ValueError(f"clinics: whole numbers, at least 1 clinic, 2 doctors and 1 <= smallest <= largest are needed, "
                         f"got n={n}, doctors={doctors}, smallest={smallest}, largest={largest}")
    labels = DOCTORS[:doctors] if doctors <= len(DOCTORS) else tuple(f"Dr. {j + 1}" for j in range(doctors))
    out = []
    for i in range(n):
        rng = seeds.rng(seed, "clinics", i)
        cases = rng.permutation(_loads(doctors, smallest, largest))
        drawn = {name: _patients(rng, c, (mu, tau, beta, mix)) for name, c in zip(labels, cases, strict=True)}
        out.append(_put_together(drawn, cases, (mu, tau, beta, mix)))
    return out


def next_patients(rng: np.random.Generator, truth: Truth, cases: int = 20) -> pd.DataFrame:
    """Draw further patients of the same doctors: as many for each, whatever load they had.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where randomness comes from.
    truth : Truth
        Of ``clinic`` or ``clinics``.
    cases : int
        New patients a doctor.

    Returns
    -------
    pandas.DataFrame
        Of the same form as the clinic's own, with the true ``p`` of each patient.
    """
    at = np.repeat(np.arange(len(truth.labels)), cases)
    severity = _scores(rng, truth.severity[at], truth.mix)
    p = special.expit(truth.alpha[at] + truth.beta * severity)
    success = (rng.uniform(size=len(at)) < p).astype(int)
    return pd.DataFrame({"doctor": np.array(truth.labels)[at], "severity": severity, "success": success, "p": p})


def as_data(frame: object, *, severity: bool = True) -> Data:
    """Return a clinic as data of the model, with severity as its covariate or without any."""
    return Data.from_frame(frame, outcome="success", group="doctor", covariates=["severity"] if severity else [])


def _loads(doctors: int, smallest: int, largest: int) -> np.ndarray:
    """Return case loads evenly spaced on the log scale."""
    return np.round(np.geomspace(smallest, largest, doctors)).astype(int)


def _check(**given: float) -> None:
    """Refuse hyperparameters that are none."""
    for name, value in given.items():
        if isinstance(value, bool) or not isinstance(value, int | float | np.number) or not np.isfinite(value):
            raise ValueError(f"{name}: a finite number is needed, got {value!r}")
    if given["tau"] < 0:
        raise ValueError(f"tau: a standard deviation of at least 0 is needed, got {given['tau']!r}")
    if not 0 <= given["mix"] < 1:
        raise ValueError(f"mix: at least 0 and below 1 is needed, it is a part of the spread 1 of severity, got {given['mix']!r}")


def _doctor(seed: int, j: int, cases: int, hyper: tuple[float, ...], wanted: int | None) -> tuple:
    """Draw doctor j, again and again where the number of successes is set, from a stream of this doctor's own."""
    rng = seeds.rng(seed, "doctor", j)
    for _ in range(_TRIES):
        drawn = _patients(rng, cases, hyper)
        if wanted is None or drawn[-1].sum() == wanted:
            return drawn
    raise ValueError(f"mu, tau, beta: with mu={hyper[0]!r} and tau={hyper[1]!r} {DOCTORS[j]} never had {wanted} successes "
                     f"of {cases} in {_TRIES:,} tries; take hyperparameters under which that can happen")


def _patients(rng: np.random.Generator, cases: int, hyper: tuple[float, ...]) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Draw a doctor's logit and mean severity, and the patients' severities and outcomes."""
    mu, tau, beta, mix = hyper
    alpha, mean = mu + tau * rng.standard_normal(), mix * rng.standard_normal()
    severity = _scores(rng, np.full(cases, mean), mix)
    return alpha, mean, severity, (rng.uniform(size=cases) < special.expit(alpha + beta * severity)).astype(int)


def _scores(rng: np.random.Generator, mean: np.ndarray, mix: float) -> np.ndarray:
    """Draw severities about their doctor's mean, in half steps."""
    return np.round(2 * (mean + np.sqrt(1 - mix**2) * rng.standard_normal(len(mean)))) / 2


def _put_together(drawn: Mapping[str, tuple], cases: np.ndarray, hyper: tuple[float, ...]) -> tuple[pd.DataFrame, Truth]:
    """Return doctors as one table, and their truth."""
    alpha, mean, severity, success = zip(*drawn.values(), strict=True)
    frame = pd.DataFrame({"doctor": np.repeat(list(drawn), cases), "severity": np.concatenate(severity),
                          "success": np.concatenate(success)})
    return frame, Truth(*map(float, hyper), tuple(drawn), np.array(alpha), np.array(mean), np.array(cases))
