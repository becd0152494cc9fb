"""Averages of pupils who share teachers: what is asked, and the slips that have a name."""

import numpy as np

from hbm_lib.exercises import Checker, Misconception, Question, case, gives


def parts(pupils):
    return ((pupils / pupils.sum()) ** 2).sum()


def standard_error(pupils, tau_teacher, sigma):
    return np.sqrt(tau_teacher**2 * parts(pupils) + sigma**2 / pupils.sum())


def independent(pupils, tau_teacher, sigma):
    return sigma / np.sqrt(pupils.sum())


def teacher_share(tau_school, tau_teacher, sigma):
    return tau_teacher**2 / (tau_school**2 + tau_teacher**2 + sigma**2)


SCHOOLS = (
    case(pupils=np.array([25, 25, 25, 25]), tau_teacher=5.0, sigma=10.0),
    case(pupils=np.array([30, 6, 12]), tau_teacher=4.0, sigma=9.0),
    case(pupils=np.array([8, 20]), tau_teacher=2.0, sigma=11.0),
)
DISTRICTS = (
    case(tau_school=3.0, tau_teacher=5.0, sigma=10.0),
    case(tau_school=6.0, tau_teacher=2.0, sigma=8.0),
)
HUNDRED = np.array([25, 25, 25, 25])

CHECKER = Checker(
    Question(
        "standard_error",
        standard_error,
        SCHOOLS,
        misconceptions=(
            Misconception(
                "teachers ignored",
                "You divided by the number of pupils as if they were independent. Pupils of one teacher share "
                "what the teacher adds. Counting them as so many separate witnesses is called pseudo-replication.",
                gives(independent),
            ),
            Misconception(
                "teachers averaged out by pupils",
                "You have the teachers' variance, but you divide it by the number of pupils. It is drawn once for "
                "each teacher, not once for each pupil.",
                gives(lambda n, tau, sigma: np.sqrt((tau**2 + sigma**2) / n.sum())),
            ),
            Misconception(
                "teachers counted as equal",
                "You divided the teachers' variance by the number of teachers. That is right for classes of one size. "
                "In an average of all *pupils* a teacher of 30 counts more than a teacher of 6.",
                gives(lambda n, tau, sigma: np.sqrt(tau**2 / len(n) + sigma**2 / n.sum())),
            ),
            Misconception(
                "variance for standard error",
                "You give a variance, in squared points. Take the root.",
                gives(lambda *given: standard_error(*given) ** 2),
            ),
            Misconception(
                "pupils left out",
                "You have what the teachers add, and the pupils are missing: their `sigma` also moves the average.",
                gives(lambda n, tau, sigma: tau * np.sqrt(parts(n))),
            ),
        ),
    ),
    Question(
        "teacher_share",
        teacher_share,
        DISTRICTS,
        misconceptions=(
            Misconception(
                "standard deviations for variances",
                "You give a share of standard deviations. They do not add up to a total; variances do.",
                gives(lambda school, teacher, sigma: teacher / (school + teacher + sigma)),
            ),
            Misconception(
                "schools counted in",
                "You give the correlation of two pupils of one *teacher*: they also share a school. The part between "
                "teachers of one school is `tau_teacher`² alone.",
                gives(lambda s, t, e: (s**2 + t**2) / (s**2 + t**2 + e**2)),
            ),
            Misconception(
                "schools left out of the total",
                "Your total lacks the schools. A pupil's score in the district varies by all three.",
                gives(lambda s, t, e: t**2 / (t**2 + e**2)),
            ),
            Misconception(
                "share of the schools",
                "You give the share that lies between schools.",
                gives(lambda s, t, e: s**2 / (s**2 + t**2 + e**2)),
            ),
        ),
    ),
    right=(
        f"A hundred pupils of four teachers have a standard error of {standard_error(HUNDRED, 5.0, 10.0):.1f} points, not "
        f"{independent(HUNDRED, 5.0, 10.0):.0f}. The model with three levels knows this by itself: see the page "
        "“Pupils, teachers, schools” (chapters/schools/07_three_levels)."
    ),
)
