"""How much winners' estimates exceed their truth: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives


def excess(score, estimate, truth, k):
    """Choose the k highest scores in each world; return the mean of estimate minus truth."""
    winners = np.argpartition(-score, k - 1, axis=1)[:, :k]
    return np.take_along_axis(estimate - truth, winners, axis=1).mean()


def exaggeration(estimate, truth, k):
    return excess(estimate, estimate, truth, k)


def pooled(effect, se, genre_mean, sigma_creator):
    return genre_mean + sigma_creator**2 / (sigma_creator**2 + se**2) * (effect - genre_mean)


def pooled_exaggeration(effect, se, truth, genre_mean, sigma_creator, k):
    return exaggeration(pooled(effect, se, genre_mean, sigma_creator), truth, k)


def one_contest(estimate, truth, k):
    """All worlds in one contest."""
    return exaggeration(estimate.reshape(1, -1), truth.reshape(1, -1), k * len(estimate))


def same_winners(estimate, truth, k):
    """The winners of the mean over worlds, in every world."""
    return excess(np.broadcast_to(estimate.mean(0), estimate.shape), estimate, truth, k)


def best_truth(estimate, truth, k):
    """The winners' estimates against the truths of the truly best."""
    return np.sort(estimate, axis=1)[:, -k:].mean() - np.sort(truth, axis=1)[:, -k:].mean()


def ratio(estimate, truth, k):
    winners = np.argsort(estimate, axis=1)[:, -k:]
    return np.take_along_axis(estimate, winners, 1).mean() / np.take_along_axis(truth, winners, 1).mean()


def worlds(label, worlds, creators, mean, sigma):
    """Return made-up worlds, drawn anew at every check."""
    rng = np.random.default_rng()
    se = np.exp(rng.uniform(np.log(0.1), np.log(1.0), creators))
    truth = rng.normal(mean, sigma, (worlds, creators))
    return {"effect": rng.normal(truth, se), "se": se, "truth": truth, "genre_mean": mean, "sigma_creator": sigma}, label


def cases(*given):
    raw = tuple(case(f"{label}, k={k}", estimate=one["effect"], truth=one["truth"], k=k) for (one, label), k in given)
    whole = tuple(case(f"{label}, k={k}", **one, k=k) for (one, label), k in given)
    return raw, whole


RAW, POOLED = cases(
    (worlds("400 worlds of 60 creators", 400, 60, 0.5, 0.4), 5),
    (worlds("300 worlds of 25 creators", 300, 25, -0.2, 0.3), 3),
)
PLATFORM = POOLED[0].inputs
BEFORE = exaggeration(PLATFORM["effect"], PLATFORM["truth"], 5)
AFTER = pooled_exaggeration(*PLATFORM.values())

CHECKER = Checker(
    Question(
        "exaggeration",
        exaggeration,
        RAW,
        misconceptions=(
            Misconception(
                "all creators",
                "You averaged over all creators. There luck cancels, and nobody was chosen: take the winners of each world.",
                gives(lambda estimate, truth, k: (estimate - truth).mean()),
            ),
            Misconception(
                "chosen by the truth",
                "You chose the truly best creators. The platform does not see the truth: it chooses by the estimates, and that "
                "is where the luck comes in.",
                gives(lambda estimate, truth, k: excess(truth, estimate, truth, k)),
            ),
            Misconception(
                "other creators' truth",
                "You compared the winners with the truly best creators. Those are other people: compare each winner with its "
                "*own* truth.",
                gives(best_truth),
            ),
            Misconception(
                "lowest chosen",
                "You chose the lowest estimates. Sorting puts the highest last.",
                gives(lambda estimate, truth, k: excess(-estimate, estimate, truth, k)),
            ),
            Misconception(
                "one contest of all worlds",
                "You let the creators of all worlds compete with each other. In each world there are `k` winners.",
                gives(one_contest),
            ),
            Misconception(
                "the same winners in every world",
                "You chose the same creators in every world, by their mean over worlds. That mean is free of luck; a platform "
                "lives in one world.",
                gives(same_winners),
            ),
            Misconception(
                "sign turned",
                "You give truth minus estimate. How much *too high* the estimates are is asked.",
                gives(lambda *given: -exaggeration(*given)),
            ),
            Misconception(
                "ratio instead of difference",
                "You give a ratio. Asked is the difference, in dollars; it makes sense with effects near 0, too.",
                gives(ratio),
            ),
        ),
    ),
    Question(
        "pooled_exaggeration",
        pooled_exaggeration,
        POOLED,
        misconceptions=(
            Misconception(
                "not pooled",
                "You chose and reported by the raw effects: this is your first function again.",
                gives(lambda d, s, truth, m, t, k: exaggeration(d, truth, k)),
            ),
            Misconception(
                "chosen raw, reported pooled",
                "You reported posterior means, but chose by the raw effects. Those winners are the noisy creators, whom pooling "
                "does not put first. Choose by what you report.",
                gives(lambda d, s, truth, m, t, k: excess(d, pooled(d, s, m, t), truth, k)),
            ),
            Misconception(
                "chosen pooled, reported raw",
                "You chose by posterior means, which is better, but reported the winners' raw effects, luck and all.",
                gives(lambda d, s, truth, m, t, k: excess(pooled(d, s, m, t), d, truth, k)),
            ),
            Misconception(
                "one weight for all",
                "You shrank all creators by the same share. Then the order stays as it was, and the noisy ones win: each creator "
                "has a weight from its own `se`.",
                lambda attempt: any(
                    gives(lambda d, s, truth, m, t, k, f=f: exaggeration(pooled(d, f(s), m, t), truth, k))(attempt)
                    for f in (np.mean, np.median, lambda s: np.sqrt(np.mean(s**2)))
                ),
            ),
            Misconception(
                "weights swapped",
                "Your weights have changed places: you keep of each effect the share that is noise.",
                gives(lambda d, s, truth, m, t, k: exaggeration(m + d - pooled(d, s, m, t), truth, k)),
            ),
            Misconception(
                "shrunk toward zero",
                "You pull the effects toward 0. They scatter around `genre_mean`.",
                gives(lambda d, s, truth, m, t, k: exaggeration(pooled(d, s, 0.0, t), truth, k)),
            ),
            Misconception(
                "standard deviations for variances",
                "You weighted by standard deviations. Square before you divide.",
                gives(lambda d, s, truth, m, t, k: exaggeration(m + t / (t + s) * (d - m), truth, k)),
            ),
        ),
    ),
    right=(
        f"In the first worlds of this check the five winners' raw effects were {BEFORE:.2f} dollars too high on average, their "
        f"posterior means {abs(AFTER):.2f} off. A posterior mean expects the luck beforehand, so it needs no correction for "
        "having been chosen, as long as the model is right."
    ),
)
