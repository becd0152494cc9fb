"""The update of the doctors' logits by Pólya-Gamma augmentation: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, agree, case, gives
from hbm_lib.exercises.laws import standstill
from hbm_lib.exercises.montecarlo import Moments, MonteCarlo, draws_like
from hbm_lib.samplers import polya_gamma


def mean_omega(n, psi):
    return n / 4 if psi == 0 else n * np.tanh(psi / 2) / (2 * psi)


def told(rows=None, own=None, prior_precision=None, prior_lean=None, sd=None, shared=False):
    """Build the moments of a reader with these parts: rows' leans and weights, the prior's, the standard deviation."""

    def moments(rng, k, n, x, doctor, omega, beta, mu, tau):
        lean = (k - n / 2 - omega * beta * x) if rows is None else rows(k, n, x, omega, beta)
        weight = omega if own is None else own(n, omega)
        precision = np.bincount(doctor, weight) + (1 / tau**2 if prior_precision is None else prior_precision(tau))
        total = np.bincount(doctor, lean) + (mu / tau**2 if prior_lean is None else prior_lean(mu, tau))
        width = precision**-0.5 if sd is None else sd(precision)
        together = width.sum() if shared else np.sqrt((width**2).sum())
        return Moments(total / precision, width, together)

    return moments


def looks_like(*laws):
    """Recognize draws with any of these moments."""
    found = [draws_like(law) for law in laws]
    return lambda attempt: any(one(attempt) for one in found)


def any_gives(*wrongs):
    found = [gives(wrong) for wrong in wrongs]
    return lambda attempt: any(one(attempt) for one in found)


def fails_at_zero(attempt):
    """Recognize what is right everywhere but at psi = 0, where it is not a number."""
    rest = [
        agree(answer, mean_omega(*tried.inputs.values()))
        for tried, answer in zip(attempt.cases, attempt.answers, strict=True)
        if tried.inputs["psi"] != 0
    ]
    return all(rest) and not all(np.isfinite(answer) for answer in attempt.answers)


def clinic(label, J, rows, beta, mu, tau):
    """Return rows of J doctors, made up anew at every check, in no order, and omegas as a sampler would hold them."""
    rng = np.random.default_rng()
    doctor = rng.permutation(np.concatenate([np.arange(J), np.arange(J), rng.integers(0, J, rows - 2 * J)]))
    n = rng.integers(1, 9, rows)
    x = rng.uniform(0.4, 2.0, rows)  # hard cases on the whole, so that a forgotten severity shows
    alpha = mu + tau * rng.standard_normal(J)
    psi = alpha[doctor] + beta * x
    k = rng.binomial(n, 1 / (1 + np.exp(-psi)))
    omega = polya_gamma.draw(rng, n, psi)
    return case(label, rng=FRESH, k=k, n=n, x=x, doctor=doctor, omega=omega, beta=beta, mu=mu, tau=tau)


CHECKER = Checker(
    Question(
        "mean_omega",
        mean_omega,
        (case(n=1, psi=1.0), case(n=10, psi=4.0), case(n=3, psi=-2.5), case(n=8, psi=0.0)),
        misconceptions=(
            Misconception(
                "0 over 0",
                "You are right everywhere but at psi = 0, where your formula is 0 over 0. The mean itself is harmless "
                "there: what "
                "does tanh(z)/z tend to?",
                fails_at_zero,
            ),
            Misconception(
                "information for omega",
                "You return n p (1 - p), the precision of a logit by maximum likelihood. It is the same at psi = 0 only; omega "
                "falls off more slowly.",
                gives(lambda n, psi: n * np.exp(psi) / (1 + np.exp(psi)) ** 2),
            ),
            Misconception(
                "psi left out",
                "You return the mean of PG(n, 0). The factor exp(-omega psi²/2) makes large omegas less probable.",
                gives(lambda n, psi: n / 4),
            ),
            Misconception(
                "patients left out",
                "You return the mean for one patient. A row of n patients has the sum of n such numbers.",
                gives(lambda n, psi: mean_omega(1, psi)),
            ),
            Misconception(
                "a half lost",
                "You have a factor of two too much or too little. It is the tanh of *half* of psi, and differentiating it brings "
                "another half; check yourself at psi = 0, where the mean is n/4.",
                any_gives(lambda n, psi: 2 * mean_omega(n, psi), lambda n, psi: mean_omega(n, psi) / 2,
                          lambda n, psi: n / 2 if psi == 0 else n * np.tanh(psi) / (2 * psi),
                          lambda n, psi: n if psi == 0 else n * np.tanh(psi) / psi),
            ),
            Misconception(
                "sign of psi",
                "Your mean is below 0 for some psi. Pólya-Gamma numbers are above 0, and psi enters by its square.",
                lambda attempt: any(float(answer) < 0 for answer in attempt.answers),
            ),
        ),
    ),
    Question(
        "draw_alpha",
        told(),
        (
            clinic("4 doctors, 20 rows, tau=0.8", 4, 20, -0.9, 0.9, 0.8),
            clinic("6 doctors, 40 rows, tau=1.5", 6, 40, -0.6, 1.4, 1.5),
            clinic("3 doctors, 24 rows, tau=0.5", 3, 24, 1.1, -1.2, 0.5),
        ),
        compare=MonteCarlo(repeats=3000),
        misconceptions=(
            Misconception(
                "no draw",
                "Your function gives the same numbers every time. A Gibbs update is a *draw*: the mean alone would "
                "leave out what "
                "is not known of alpha. If you draw, draw with the `rng` that you are handed.",
                standstill,
            ),
            Misconception(
                "successes for kappa",
                "You have k where k - n/2 belongs. A row with as many failures as successes should lean to neither side, and k "
                "never leans down.",
                looks_like(told(lambda k, n, x, omega, beta: k - omega * beta * x), told(lambda k, n, x, omega, beta: k)),
            ),
            Misconception(
                "a half for every row",
                "You took one half off each row's k. That is right for one patient a row; a row with n patients has n halves.",
                looks_like(told(lambda k, n, x, omega, beta: k - 0.5 - omega * beta * x)),
            ),
            Misconception(
                "severity left out",
                "The rows measure alpha + beta x, and you took them for measurements of alpha. A doctor with hard "
                "cases is blamed "
                "for them.",
                looks_like(told(lambda k, n, x, omega, beta: k - n / 2)),
            ),
            Misconception(
                "severity with the wrong sign",
                "You added what the severity explains. It must come off: what is left is the doctor's.",
                looks_like(told(lambda k, n, x, omega, beta: k - n / 2 + omega * beta * x)),
            ),
            Misconception(
                "severity without omega",
                "You took beta x off without its omega. It comes out of omega psi²/2 when the square is multiplied "
                "out, so it has "
                "an omega in front.",
                looks_like(told(lambda k, n, x, omega, beta: k - n / 2 - beta * x),
                           told(lambda k, n, x, omega, beta: k - n / 2 - n * beta * x)),
            ),
            Misconception(
                "kappa weighted by omega",
                "You multiplied k - n/2 by omega. The row's measurement is (k - n/2)/omega and its precision omega: in their "
                "product omega cancels.",
                looks_like(told(lambda k, n, x, omega, beta: omega * (k - n / 2) - omega * beta * x),
                           told(lambda k, n, x, omega, beta: omega * (k - n / 2 - beta * x))),
            ),
            Misconception(
                "colleagues left out",
                "Your draws do not know mu and tau: the doctor's own rows alone. The prior is a factor of the joint density too.",
                looks_like(told(prior_precision=lambda tau: 0, prior_lean=lambda mu, tau: 0)),
            ),
            Misconception(
                "mean of the colleagues left out",
                "You pull the logits toward 0. The colleagues scatter about mu.",
                looks_like(told(prior_lean=lambda mu, tau: 0)),
            ),
            Misconception(
                "mu without its precision",
                "You added mu itself. In h it stands with its precision, 1/tau².",
                looks_like(told(prior_lean=lambda mu, tau: mu)),
            ),
            Misconception(
                "tau taken for a variance",
                "You have 1/tau where 1/tau² belongs. tau is a standard deviation here.",
                looks_like(told(prior_precision=lambda tau: 1 / tau, prior_lean=lambda mu, tau: mu / tau)),
            ),
            Misconception(
                "patients for omega",
                "Your weights are numbers of patients. Given omega, the weight of a row is omega, and on average it is less "
                "where nearly all succeed.",
                looks_like(told(own=lambda n, omega: n), told(own=lambda n, omega: n / 4)),
            ),
            Misconception(
                "variance for standard deviation",
                "The spread of your draws is 1/P. That is the variance; multiply the standard normal number by its root.",
                looks_like(told(sd=lambda P: 1 / P)),
            ),
            Misconception(
                "precision for variance",
                "The spread of your draws grows with the precision. More patients should leave less doubt.",
                looks_like(told(sd=lambda P: P**0.5), told(sd=lambda P: P)),
            ),
            Misconception(
                "one number for all doctors",
                "Each logit is right by itself, and all of them move together: you drew one standard normal number for all "
                "doctors. Given the rest they are independent.",
                looks_like(told(shared=True)),
            ),
        ),
    ),
    right=(
        f"Ten patients at psi = 0 weigh {mean_omega(10, 0) / mean_omega(10, 4):.1f} times as much in an update as ten at "
        "psi = 4. That is with omega given. What the data alone tell of a logit goes by n p (1 - p), and there the factor is "
        f"{np.cosh(2) ** 2:.0f}.\n\n"
        "Nobody had to take the logit of four out of four. The whole sampler is on the page “One model, two languages” "
        "(chapters/doctors/02_two_languages)."
    ),
)
