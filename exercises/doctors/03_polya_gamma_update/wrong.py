"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def add_up(doctor, values):
    out = np.zeros(doctor.max() + 1)
    np.add.at(out, doctor, values)
    return out


def draw(lean=lambda k, n, x, w, b: k - n / 2 - w * b * x, weight=lambda n, w: w, prior=lambda mu, tau: (mu / tau**2, tau**-2.0),
         sd=lambda P: 1 / np.sqrt(P), noise=lambda rng, J: rng.standard_normal(J)):
    def draw_alpha(rng, k, n, x, doctor, omega, beta, mu, tau):
        extra, about = prior(mu, tau)
        P = add_up(doctor, weight(n, omega)) + about
        h = add_up(doctor, lean(k, n, x, omega, beta)) + extra
        return h / P + sd(P) * noise(rng, len(P))

    return draw_alpha


def mean_only(rng, k, n, x, doctor, omega, beta, mu, tau):
    return draw(sd=lambda P: 0 * P)(rng, k, n, x, doctor, omega, beta, mu, tau)


def own_seed(rng, *rest):
    return draw()(np.random.default_rng(3), *rest)


def by_row(rng, k, n, x, doctor, omega, beta, mu, tau):
    P = omega + 1 / tau**2
    return (k - n / 2 - omega * beta * x + mu / tau**2) / P + rng.standard_normal(len(k)) / np.sqrt(P)


def naive(n, psi):
    with np.errstate(all="ignore"):
        return n * np.tanh(psi / 2) / np.multiply(2, psi)


def information(n, psi):
    p = 1 / (1 + np.exp(-psi))
    return n * p * (1 - p)


def safe(psi):
    return psi if psi else 1e-9


WRONG = (
    wrong_answer("0 over 0", mean_omega=naive),
    wrong_answer("information for omega", mean_omega=information),
    wrong_answer("psi left out", mean_omega=lambda n, psi: n / 4),
    wrong_answer("patients left out", mean_omega=lambda n, psi: np.tanh(safe(psi) / 2) / (2 * safe(psi))),
    wrong_answer("a half lost", mean_omega=lambda n, psi: n * np.tanh(safe(psi) / 2) / safe(psi)),
    wrong_answer("a half lost", mean_omega=lambda n, psi: n * np.tanh(safe(psi)) / (2 * safe(psi))),
    wrong_answer("a half lost", mean_omega=lambda n, psi: n * np.tanh(safe(psi) / 2) / (4 * safe(psi))),
    wrong_answer("sign of psi", mean_omega=lambda n, psi: n / 4 if psi == 0 else n * np.tanh(abs(psi) / 2) / (2 * psi)),
    wrong_answer("sign of psi", mean_omega=lambda n, psi: -n * np.tanh(safe(psi) / 2) / (2 * safe(psi))),
    wrong_answer("different", mean_omega=lambda n, psi: n / (4 + psi**2)),
    wrong_answer("no draw", draw_alpha=mean_only),
    wrong_answer("no draw", draw_alpha=own_seed),
    wrong_answer("successes for kappa", draw_alpha=draw(lambda k, n, x, w, b: k - w * b * x)),
    wrong_answer("successes for kappa", draw_alpha=draw(lambda k, n, x, w, b: k)),
    wrong_answer("a half for every row", draw_alpha=draw(lambda k, n, x, w, b: k - 0.5 - w * b * x)),
    wrong_answer("severity left out", draw_alpha=draw(lambda k, n, x, w, b: k - n / 2)),
    wrong_answer("severity with the wrong sign", draw_alpha=draw(lambda k, n, x, w, b: k - n / 2 + w * b * x)),
    wrong_answer("severity without omega", draw_alpha=draw(lambda k, n, x, w, b: k - n / 2 - b * x)),
    wrong_answer("severity without omega", draw_alpha=draw(lambda k, n, x, w, b: k - n / 2 - n * b * x)),
    wrong_answer("kappa weighted by omega", draw_alpha=draw(lambda k, n, x, w, b: w * (k - n / 2 - b * x))),
    wrong_answer("colleagues left out", draw_alpha=draw(prior=lambda mu, tau: (0, 0))),
    wrong_answer("mean of the colleagues left out", draw_alpha=draw(prior=lambda mu, tau: (0, tau**-2.0))),
    wrong_answer("mu without its precision", draw_alpha=draw(prior=lambda mu, tau: (mu, tau**-2.0))),
    wrong_answer("tau taken for a variance", draw_alpha=draw(prior=lambda mu, tau: (mu / tau, 1 / tau))),
    wrong_answer("patients for omega", draw_alpha=draw(weight=lambda n, w: n)),
    wrong_answer("patients for omega", draw_alpha=draw(weight=lambda n, w: n / 4)),
    wrong_answer("variance for standard deviation", draw_alpha=draw(sd=lambda P: 1 / P)),
    wrong_answer("precision for variance", draw_alpha=draw(sd=np.sqrt)),
    wrong_answer("precision for variance", draw_alpha=draw(sd=lambda P: P)),
    wrong_answer("one number for all doctors", draw_alpha=draw(noise=lambda rng, J: rng.standard_normal())),
    wrong_answer("different", draw_alpha=draw(noise=lambda rng, J: 2 * rng.standard_normal(J))),
    wrong_answer("shape", draw_alpha=by_row),
    wrong_answer("signature", draw_alpha=lambda rng, k, n: k / n),
)
