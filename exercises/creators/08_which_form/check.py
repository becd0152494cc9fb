"""Centered or non-centered by information: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives

FORMS = ("centered", "noncentered")


def information(se, sigma_creator):
    return sigma_creator**2 / (sigma_creator**2 + se**2)


def kept(se, sigma_creator):
    told = information(se, sigma_creator)
    return np.mean(1 - told), np.average(told, weights=se**-2.0)


def better_form(n, se, sigma_creator):
    return FORMS[int(np.argmin(kept(se, sigma_creator)))]


def reversed_form(n, se, sigma_creator):
    return FORMS[int(np.argmax(kept(se, sigma_creator)))]


def misspelled(attempt):
    """Recognize one of the two names in another spelling."""
    said = [str(answer) for answer in attempt.answers]
    return any(one not in FORMS and "".join(filter(str.isalpha, one.lower())) in FORMS for one in said)


def threshold(value, falling=False):
    """Recognize a reader who is centered where a number of the genre is large (falling: small), whatever the bound.

    The right answers follow no such number: among `CHOICES` each is large, and small, with either form.
    """
    def recognise(attempt):
        at = np.array([value(**tried.inputs) for tried in attempt.cases]) * (-1 if falling else 1)
        is_centered = np.array([str(answer) == FORMS[0] for answer in attempt.answers])
        return 0 < is_centered.sum() < len(at) and at[is_centered].min() > at[~is_centered].max()

    return recognise


def creators(size, mean):
    """Return standard errors that differ much, drawn anew at every check."""
    return mean * np.exp(np.random.default_rng().uniform(-0.8, 0.8, size))


GENRES = (
    case("eight creators, se about 0.5, sigma_creator 0.4", se=creators(8, 0.5), sigma_creator=0.4),
    case("three creators, se about 0.2, sigma_creator 0.4", se=creators(3, 0.2), sigma_creator=0.4),
    case("thirty creators, se about 0.3, sigma_creator 0.1", se=creators(30, 0.3), sigma_creator=0.1),
)


def genre(label, size, users, noise, sigma):
    """Return a genre of creators with so many users each; revenue of users scatters by `noise`."""
    n = np.round(users * np.linspace(0.7, 1.3, size)).astype(int)
    return case(label, n=n, se=2 * noise / np.sqrt(n), sigma_creator=sigma)


SIX = (
    genre("20 creators with 2,000 users, revenue scatters by 20, sigma_creator 0.2", 20, 2000, 20.0, 0.2),
    genre("20 creators with 200 users, revenue scatters by 2, sigma_creator 1", 20, 200, 2.0, 1.0),
    genre("60 creators with 400 users, revenue scatters by 2, sigma_creator 0.05", 60, 400, 2.0, 0.05),
    genre("6 creators with 90 users, revenue scatters by 1, sigma_creator 0.8", 6, 90, 1.0, 0.8),
    genre("50 creators with 5,000 users, revenue scatters by 0.5, sigma_creator 0.08", 50, 5000, 0.5, 0.08),
    genre("4 creators with 1,000 users, revenue scatters by 30, sigma_creator 1.2", 4, 1000, 30.0, 1.2),
)
# in another order at every check, so that a list of answers is of no use
CHOICES = tuple(SIX[i] for i in np.random.default_rng().permutation(len(SIX)))

CHECKER = Checker(
    Question(
        "information",
        information,
        GENRES,
        misconceptions=(
            Misconception(
                "information of the genre",
                "That is the share of the *genre*. It goes to 1 for the noisiest creator, of whom the data tell nothing.",
                gives(lambda se, sigma: 1 - information(se, sigma)),
            ),
            Misconception(
                "standard deviations for variances",
                "You took shares of standard deviations. Precisions add up, and a precision is one over a *variance*.",
                gives(lambda se, sigma: sigma / (sigma + se)),
            ),
            Misconception(
                "precision, not its share",
                "You give the precision of the data. It has no meaning until it is compared with that of the genre.",
                gives(lambda se, sigma: 1 / se**2 + 0 * sigma),
            ),
            Misconception(
                "ratio instead of share",
                "You give the ratio of the two precisions. A share has the total below the line and stays below 1.",
                gives(lambda se, sigma: sigma**2 / se**2),
            ),
            Misconception(
                "average taken",
                "You averaged already. Each creator has an information of its own.",
                lambda attempt: any(gives(f)(attempt) for f in (
                    lambda se, sigma: information(se, sigma).mean(), lambda se, sigma: information(se.mean(), sigma))),
            ),
        ),
    ),
    Question(
        "kept",
        kept,
        GENRES,
        parts=FORMS,
        misconceptions=(
            Misconception(
                "forms swapped",
                "Your two forms have changed places. Ask what happens with data without noise: given the taus the data say "
                "no more, and in the centered form the next mu no longer knows the last one.",
                gives(lambda *given: kept(*given)[::-1]),
            ),
            Misconception(
                "plain mean in the non-centered form",
                "Your non-centered share is a plain mean. Given the offsets, every creator shows mu with its own noise, so the "
                "precise ones count more: weights of one over `se`².",
                gives(lambda se, sigma: (kept(se, sigma)[0], information(se, sigma).mean())),
            ),
            Misconception(
                "weighted mean in the centered form",
                "Your centered share is a weighted mean. Given the taus, the standard errors no longer matter to mu: each "
                "tau is as good a measurement of it as the other.",
                gives(lambda se, sigma: (1 - kept(se, sigma)[1], kept(se, sigma)[1])),
            ),
            Misconception(
                "information of an average creator",
                "You computed one information, from the mean standard error. The information is curved in it: compute it for "
                "each creator, average last.",
                gives(lambda se, sigma: (1 - information(se.mean(), sigma), information(se.mean(), sigma))),
            ),
            Misconception(
                "correlation, not its square",
                "You give the correlation of mu with the others. A move goes there and back, so it is multiplied by the "
                "correlation twice.",
                gives(lambda se, sigma: tuple(np.sqrt(kept(se, sigma)))),
            ),
            Misconception(
                "sign of the offsets",
                "Your non-centered share is negative. The offsets go down when mu goes up; but mu follows d *minus* the offset, "
                "and that goes up.",
                gives(lambda se, sigma: -kept(se, sigma)[1] * np.array([0, 1]) + kept(se, sigma)[0] * np.array([1, 0])),
            ),
        ),
    ),
    Question(
        "better_form",
        better_form,
        CHOICES,
        misconceptions=(
            Misconception(
                "another spelling",
                'The check knows the forms by two names only: "centered" and "noncentered".',
                misspelled,
            ),
            Misconception(
                "slower form chosen",
                "You chose the form that *keeps* more of a move, in every genre. What is kept is what the sampler cannot get "
                "away from: less is better.",
                gives(reversed_form),
            ),
            Misconception(
                "always non-centered",
                "You take the non-centered form always. That is a rule for hierarchies with little data. Where the data fix each "
                "creator's effect, the offset must move whenever mu does.",
                gives("noncentered"),
            ),
            Misconception(
                "always centered",
                "You take the centered form always. Where the data say little, each tau hangs on mu and mu on the taus.",
                gives("centered"),
            ),
            Misconception(
                "number of users",
                "You go by the number of users. Two thousand users whose revenue scatters by 20 dollars tell less than a hundred "
                "who scatter by 1: what counts is the standard error against `sigma_creator`.",
                threshold(lambda n, se, sigma_creator: np.mean(n)),
            ),
            Misconception(
                "number of creators",
                "You go by the number of creators. It makes mu precise, and leaves the share that each round keeps as it was.",
                lambda attempt: any(threshold(lambda n, se, sigma_creator: len(n), way)(attempt) for way in (False, True)),
            ),
            Misconception(
                "standard error alone",
                "You go by the standard error alone. A small one is large where creators hardly differ: compare it with "
                "`sigma_creator`.",
                threshold(lambda n, se, sigma_creator: np.mean(se), falling=True),
            ),
            Misconception(
                "sigma_creator alone",
                "You go by `sigma_creator` alone. Whether creators differ much depends on how well each of them is seen: compare "
                "it with the standard errors.",
                threshold(lambda n, se, sigma_creator: sigma_creator),
            ),
        ),
    ),
    right=(
        "Centered keeps the share that the data do not know, non-centered the share that they do. Where the data tell more than "
        "half, take the centered form. With users who scatter by 2 dollars and creators by 0.40, half is reached at "
        f"{4 * 2**2 / 0.4**2:.0f} users. The page “Which form” (chapters/creators/04_which_form) shows it on samplers."
    ),
)
