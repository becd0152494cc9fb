"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np

from hbm_lib.exercises import wrong_answer


def share(se, sigma_creator):
    return 1 / (1 + (se / sigma_creator) ** 2)


def forms(se, sigma_creator):
    told, w = share(se, sigma_creator), se**-2.0
    return 1 - told.mean(), np.sum(told * w) / np.sum(w)


def weighted_both(se, sigma_creator):
    told = forms(se, sigma_creator)[1]
    return 1 - told, told


def typical(se, sigma_creator):
    told = share(np.mean(se), sigma_creator)
    return 1 - told, told


def negative(se, sigma_creator):
    centered, noncentered = forms(se, sigma_creator)
    return centered, -noncentered


def if_centered(rule):
    return lambda n, se, sigma_creator: "centered" if rule(n, se, sigma_creator) else "noncentered"


WRONG = (
    wrong_answer("information of the genre", information=lambda se, sigma_creator: se**2 / (se**2 + sigma_creator**2)),
    wrong_answer("standard deviations for variances", information=lambda se, sigma_creator: 1 / (1 + se / sigma_creator)),
    wrong_answer("precision, not its share", information=lambda se, sigma_creator: se**-2.0),
    wrong_answer("ratio instead of share", information=lambda se, sigma_creator: (sigma_creator / se) ** 2),
    wrong_answer("average taken", information=lambda se, sigma_creator: np.mean(share(se, sigma_creator))),
    # learned by heart: half of the information, whatever the creators
    wrong_answer("different", information=lambda se, sigma_creator: np.full(len(se), 0.5)),
    wrong_answer("forms swapped", kept=lambda se, sigma_creator: tuple(reversed(forms(se, sigma_creator)))),
    wrong_answer("plain mean in the non-centered form", kept=lambda se, sigma_creator: (
        1 - share(se, sigma_creator).mean(), share(se, sigma_creator).mean())),
    wrong_answer("weighted mean in the centered form", kept=weighted_both),
    wrong_answer("information of an average creator", kept=typical),
    wrong_answer("correlation, not its square", kept=lambda se, sigma_creator: np.sqrt(forms(se, sigma_creator))),
    wrong_answer("sign of the offsets", kept=negative),
    wrong_answer("another spelling", better_form=lambda n, se, sigma_creator: (
        "Centered" if np.mean(share(se, sigma_creator)) > 0.5 else "Non-centered")),
    wrong_answer("slower form chosen", better_form=if_centered(lambda n, se, sigma: np.mean(share(se, sigma)) < 0.5)),
    wrong_answer("always non-centered", better_form=lambda n, se, sigma_creator: "noncentered"),
    wrong_answer("always centered", better_form=lambda n, se, sigma_creator: "centered"),
    wrong_answer("number of users", better_form=if_centered(lambda n, se, sigma: np.mean(n) >= 300)),
    wrong_answer("number of users", better_form=if_centered(lambda n, se, sigma: np.median(n) > 3000)),
    wrong_answer("number of creators", better_form=if_centered(lambda n, se, sigma: len(se) < 30)),
    wrong_answer("number of creators", better_form=if_centered(lambda n, se, sigma: len(n) >= 50)),
    wrong_answer("standard error alone", better_form=if_centered(lambda n, se, sigma: np.mean(se) < 0.25)),
    wrong_answer("sigma_creator alone", better_form=if_centered(lambda n, se, sigma: sigma > 0.7)),
    wrong_answer("type", better_form=lambda n, se, sigma_creator: np.mean(share(se, sigma_creator)) > 0.5),
)
