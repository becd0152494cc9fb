"""A sampler with one wrong update: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import FRESH, Checker, Misconception, Question, case
from hbm_lib.exercises.laws import standstill
from hbm_lib.exercises.montecarlo import Moments, MonteCarlo, draws_like
from hbm_lib.models.regression import simulate

DATA, _ = simulate.grouped(7, groups=8, smallest=3, largest=12, beta=(5.0, 2.0))
X = DATA.x + np.array([0.0, 4.0])
LAMBDA = np.array([[2.0, 0.0], [0.0, 30.0]])  # and the prior mean is 0
B = LAMBDA + X.T @ X
L = np.linalg.cholesky(B)
ROOT = np.linalg.inv(L)


def law(root=ROOT.T, units=np.sqrt, prior=LAMBDA, offsets=1.0):
    """Build the moments of draws with this root of the covariance, units of the noise, prior, or part of the offsets."""

    def told(rng, at):
        z = DATA.y - offsets * at["gamma"][DATA.index]
        spread = units(at["sigma2"]) ** 2 * root @ root.T
        return Moments(np.linalg.solve(prior + X.T @ X, X.T @ z), np.sqrt(np.diag(spread)), total_sd=float(np.sqrt(spread.sum())))

    return told


def names(*wanted):
    """Recognize one of these texts."""
    return lambda attempt: str(attempt.answers[0]).strip().lower() in wanted


def either(one, other):
    return lambda attempt: draws_like(one)(attempt) or draws_like(other)(attempt)


def another_block(attempt):
    """Recognize draws that are numbers, or one a group."""
    return all(np.ndim(draws) == 1 or np.shape(draws)[1:] == (DATA.n_groups,) for draws in attempt.answers)


def point(label, beta, sigma2, tau2):
    rng = np.random.default_rng()
    gamma = rng.normal(-0.8, tau2**0.5, DATA.n_groups)
    return case(label, rng=FRESH, at={"beta": np.array(beta), "gamma": gamma, "sigma2": sigma2, "tau2": tau2})


POINTS = (
    point("beta=[1, 1.5], sigma2=3, tau2=2 and eight offsets", [1.0, 1.5], 3.0, 2.0),
    point("beta=[-2, 3], sigma2=6, tau2=0.8 and eight offsets", [-2.0, 3.0], 6.0, 0.8),
)
WITHOUT_PRIOR = np.linalg.inv(np.linalg.cholesky(X.T @ X)).T
NARROW, WIDE = np.sqrt(np.diag(ROOT @ ROOT.T) / np.diag(ROOT.T @ ROOT))

CHECKER = Checker(
    Question(
        "wrong_update",
        "beta",
        misconceptions=(
            Misconception(
                "sigma2 suspected",
                "You suspect `sigma2`, perhaps for its n + p: but the prior of `beta` is in units of sigma2 and brings p "
                "squares. Two "
                "times the scale over a chi-squared number with twice the shape is the same as the scale over a gamma number.",
                names("sigma2", "draw_sigma2", "sigma"),
            ),
            Misconception(
                "gamma suspected",
                "You suspect `gamma`, perhaps because no precision is to be seen in it. Write 1 / (n_j / sigma2 + 1 / tau2) as a "
                "fraction: it is the weight times sigma2 / n_j.",
                names("gamma", "draw_gamma"),
            ),
            Misconception(
                "tau2 suspected",
                "You suspect `tau2`, perhaps for its `rng.gamma`. NumPy's second argument is the *scale*, one over the "
                "rate, and one "
                "over a gamma number is an inverse gamma number: it is right as it stands.",
                names("tau2", "draw_tau2", "tau"),
            ),
            Misconception(
                "name of the function",
                "You found it. Name the block as the keys of `updates` do, without `draw_`.",
                names("draw_beta", "beta "),
            ),
        ),
    ),
    Question(
        "mended",
        law(),
        POINTS,
        compare=MonteCarlo(repeats=1200),
        misconceptions=(
            Misconception(
                "no draw",
                "Your function gives the same value every time. An update is a *draw*, and it draws with the `rng` that "
                "it is handed.",
                standstill,
            ),
            Misconception(
                "another block",
                "You return a draw of another block. Mend the update that you named: `beta` has two numbers.",
                another_block,
            ),
            Misconception(
                "as it was handed out",
                "This is still the law of the colleague's update. Its center is right. Its noise has the covariance "
                "inv(L) inv(L)', where L L' = B; what is the inverse of L L'?",
                draws_like(law(ROOT)),
            ),
            Misconception(
                "root of the precision",
                "Your noise is multiplied by the triangle of B, which is a *precision*. Where the line is known well, your draws "
                "scatter most.",
                either(law(L), law(L.T)),
            ),
            Misconception(
                "covariance for its root",
                "You multiplied the noise by the covariance. What multiplies it must be a root of it.",
                either(law(ROOT.T @ ROOT), law(ROOT.T @ ROOT, units=lambda v: v)),
            ),
            Misconception(
                "coefficients drawn apart",
                "Each coefficient has its right spread now, but they are drawn independently. A steeper line has a lower "
                "intercept: "
                "use the whole covariance matrix.",
                draws_like(law(np.diag(np.sqrt(np.diag(ROOT.T @ ROOT))))),
            ),
            Misconception(
                "noise forgotten in the spread",
                "The shape of your noise is right and its size is not: it does not depend on sigma2. The inverse of B is the "
                "covariance in units of sigma2.",
                draws_like(law(units=lambda v: 1.0)),
            ),
            Misconception(
                "variance for standard deviation",
                "You multiplied the noise by sigma2. What multiplies it is the standard deviation, the root of sigma2.",
                draws_like(law(units=lambda v: v)),
            ),
            Misconception(
                "prior taken out",
                "You took the prior out of the update. It belongs there: `Lambda` stands in `log_joint` too.",
                draws_like(law(WITHOUT_PRIOR, prior=0 * LAMBDA)),
            ),
            Misconception(
                "offsets left in",
                "Your line is drawn to `y` itself. Given the offsets, they must be taken away first, as the colleague does.",
                draws_like(law(offsets=0.0)),
            ),
        ),
    ),
    right=(
        f"The wrong noise had the right center and the right determinant. But the intercept scattered {NARROW:.2f} times "
        f"as much as it "
        f"should, and the slope {WIDE:.2f} times. In a run the fault shows elsewhere: "
        "sigma2 and tau2 grow, "
        "and their own updates are right. The debugger needs no chain at all; it looks at each update alone."
    ),
)
