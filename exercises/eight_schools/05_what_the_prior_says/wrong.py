"""Wrong answers as readers write them. Each must be told its own misconception."""

import math

from scipy import stats

from hbm_lib.exercises import wrong_answer

WRONG = (
    wrong_answer(
        "the whole Cauchy",
        p_half_cauchy=lambda limit, scale: 0.5 + math.atan(limit / scale) / math.pi,
    ),
    wrong_answer(
        "mass between 0 and the limit, not folded",
        p_half_cauchy=lambda limit, scale: stats.cauchy.cdf(limit / scale) - 0.5,
    ),
    wrong_answer("half the scale, half the mass", p_half_cauchy=lambda limit, scale: 0.5),
    wrong_answer(
        "half the scale, half the mass", p_half_cauchy=lambda limit, scale: min(limit / scale, 1.0)
    ),
    wrong_answer(
        "the other tail of the Cauchy",
        p_half_cauchy=lambda limit, scale: stats.halfcauchy.sf(limit, scale=scale),
    ),
    wrong_answer(
        "the whole normal", p_half_normal=lambda limit, sigma: stats.norm(0, sigma).cdf(limit)
    ),
    wrong_answer(
        "sigma as a variance",
        p_half_normal=lambda limit, sigma: math.erf(limit / math.sqrt(2 * sigma)),
    ),
    wrong_answer(
        "the other tail of the normal",
        p_half_normal=lambda limit, sigma: math.erfc(limit / (sigma * math.sqrt(2))),
    ),
    wrong_answer("the scale of the plan", cauchy_scale=10),
    wrong_answer("the median of the whole Cauchy", cauchy_scale=2.5),
    wrong_answer("sigma taken for the median", normal_sigma=5),
    wrong_answer("multiplied where one divides", normal_sigma=3.37),
    wrong_answer("type", normal_sigma="7.4"),
)
