"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib import fit_exact
from hbm_lib.data.real import load
from hbm_lib.exercises import wrong_answer
from hbm_lib.models import schools
from hbm_lib.priors import Exponential, Normal

MODEL = schools.partial_pooling().with_prior(mu=Normal(12, 10), tau=Exponential(0.2), sigma=Exponential(0.1))
FRAME = load("hsb82")
DRAWS = fit_exact(MODEL, schools.Data.from_frame(FRAME, y="mAch", school="school")).sample(np.random.default_rng(5), 4000)
BY_SCHOOL = FRAME.groupby("school")["mAch"]
BETWEEN, WITHIN = BY_SCHOOL.mean().var(), BY_SCHOOL.var().mean()


def of_means(tau, sigma):
    between = np.mean(tau) ** 2
    return between / (between + np.mean(sigma) ** 2)


WRONG = (
    wrong_answer("standard deviations for variances", icc=lambda tau, sigma: (tau / (tau + sigma)).mean()),
    wrong_answer("ratio instead of share", icc=lambda tau, sigma: ((tau / sigma) ** 2).mean()),
    wrong_answer("ICC of the means", icc=of_means),
    wrong_answer("share of the pupils", icc=lambda tau, sigma: np.mean(sigma**2 / (tau**2 + sigma**2))),
    wrong_answer("not averaged", icc=lambda tau, sigma: 1 / (1 + (sigma / tau) ** 2)),
    wrong_answer("raw variance of the averages", share=BETWEEN / (BETWEEN + WITHIN)),
    wrong_answer("standard deviations of real schools", share=np.mean(DRAWS["tau"] / (DRAWS["tau"] + DRAWS["sigma"]))),
    wrong_answer("ratio of real schools", share=np.mean(DRAWS["tau"] ** 2 / DRAWS["sigma"] ** 2)),
    wrong_answer("spread between schools", share=DRAWS["tau"].mean()),
    wrong_answer("type", share="0.18"),
)
