"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def table(inside=lambda t, a, b: (t >= a) & (t <= b), width=lambda a, b: b - a, size=np.add,
          within=lambda n, low, high: (n >= low) & (n < high)):
    def answer(truth, lower, upper, n_treatment, n_control, edges):
        n, hit, wide = size(n_treatment, n_control), inside(truth, lower, upper), width(lower, upper)
        rows = [within(n, edges[i], edges[i + 1]) for i in range(len(edges) - 1)]
        return [hit[r].sum() / r.sum() for r in rows], [wide[r].mean() for r in rows]

    return answer


def overall(truth, lower, upper, n_treatment, n_control, edges):
    hit, bins = (truth >= lower) & (truth <= upper), len(edges) - 1
    return np.full(bins, hit.mean()), np.full(bins, (upper - lower).mean())


def per(divide):
    def answer(truth, lower, upper, n_treatment, n_control, edges):
        hit, n = (truth >= lower) & (truth <= upper), n_treatment + n_control
        hits = [np.sum(hit & (n >= edges[i]) & (n < edges[i + 1])) / divide(n) for i in range(len(edges) - 1)]
        return hits, table()(truth, lower, upper, n_treatment, n_control, edges)[1]

    return answer


def gap(covered, creators, level):
    return covered / creators - level


WRONG = (
    wrong_answer("all creators in one", by_size=overall),
    wrong_answer("size of one arm", by_size=table(size=lambda x, y: x)),
    wrong_answer("size of one arm", by_size=table(size=lambda x, y: y)),
    wrong_answer("edges on the wrong side", by_size=table(within=lambda n, low, high: (n > low) & (n <= high))),
    wrong_answer("edges in neither bin", by_size=table(within=lambda n, low, high: (n > low) & (n < high))),
    wrong_answer("half of the width", by_size=table(width=lambda a, b: b - (a + b) / 2)),
    wrong_answer("sign of the width", by_size=table(width=lambda a, b: a - b)),
    wrong_answer("one end checked", by_size=table(inside=lambda t, a, b: t >= a)),
    wrong_answer("one end checked", by_size=table(inside=lambda t, a, b: t <= b)),
    wrong_answer("misses counted", by_size=table(inside=lambda t, a, b: (t < a) | (t > b))),
    wrong_answer("zero for the truth", by_size=table(inside=lambda t, a, b: a * b <= 0)),
    wrong_answer("share of all creators", by_size=per(len)),
    wrong_answer("counts instead of shares", by_size=per(lambda n: 1)),
    # learned by heart: the promised coverage and a width from the chapter
    wrong_answer("shape", by_size=lambda truth, lower, upper, n_treatment, n_control, edges: (0.95, 1.2)),
    wrong_answer("difference of the shares", how_far_off=gap),
    wrong_answer("spread of one interval", how_far_off=lambda covered, creators, level: (
        gap(covered, creators, level) / (level - level**2) ** 0.5)),
    wrong_answer("variance for the standard error", how_far_off=lambda covered, creators, level: (
        gap(covered, creators, level) * creators / (level - level**2))),
    wrong_answer("spread of the measured share", how_far_off=lambda covered, creators, level: (
        gap(covered, creators, level) * creators**1.5 / (covered * (creators - covered)) ** 0.5)),
    wrong_answer("sign turned", how_far_off=lambda covered, creators, level: (
        (creators * level - covered) / (creators * level * (1 - level)) ** 0.5)),
    wrong_answer("different", how_far_off=lambda covered, creators, level: -1.16),
)
