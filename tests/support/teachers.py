"""Models of three levels with data that fits them, and random points at which to look.

The same names as in ``eight`` and ``pupils``, so that one check serves all studies.
"""

import numpy as np
from pupils import scales

from hbm_lib.models import three_levels
from hbm_lib.models.three_levels import generative, numpyro_model, pymc_model
from hbm_lib.priors import Gamma, HalfCauchy, HalfNormal, LogNormal, Normal, Uniform

__all__ = ["CASES", "FORMS", "generative", "numpyro_model", "points", "positive", "pymc_model", "sampled"]

# six teachers of one to five pupils, three schools of one to three teachers, rows mixed, the first row not of the first by name
TEACHER = list("ebadcabfeccabcdace")
SCHOOL = [{"a": "north", "b": "north", "c": "west", "d": "west", "e": "west", "f": "east"}[t] for t in TEACHER]
SCORES = [71.0, 62, 80, 69, 75, 88, 58, 93, 84, 66, 73, 77, 79, 81, 64, 90, 70, 74]
DATA = three_levels.Data(SCORES, TEACHER, SCHOOL)

_MODEL = three_levels.three_levels()
CASES = {
    "three_levels": (_MODEL, DATA),
    "other_priors": (_MODEL.with_prior(
        mu=Normal(60, 30), tau_school=HalfNormal(8), tau_teacher=HalfCauchy(5), sigma=Gamma(2, 0.3)), DATA),
    "bounded": (_MODEL.with_prior(tau_school=Uniform(0, 25), tau_teacher=LogNormal(1, 0.7), sigma=Uniform(1, 60)), DATA),
}
FORMS = ("noncentered", "centered")


def points(seed, data, prior, n=24):
    """Draw n sets of parameters from the prior, the scales evenly in their logarithms."""
    rng = np.random.default_rng([seed, 1])
    draws = generative.draw_prior(np.random.default_rng(seed), data, prior, n)
    draws |= {name: scales(rng, getattr(prior, name), data, n) for name in ("tau_school", "tau_teacher", "sigma")}
    draws["theta"] = draws["mu"][:, None] + draws["tau_school"][:, None] * rng.standard_normal((n, len(data.schools)))
    gap = draws["tau_teacher"][:, None] * rng.standard_normal((n, len(data.teachers)))
    return draws | {"alpha": draws["theta"][:, data.of_teacher] + gap}


def sampled(draws, data, prior, form):
    """The values of what an engine samples, and the log of the factor that their density has beside ``log_joint``."""
    if form == "centered":
        return dict(draws), 0.0
    out = {k: v for k, v in draws.items() if k not in ("theta", "alpha")}
    school = (draws["theta"] - draws["mu"][:, None]) / draws["tau_school"][:, None]
    teacher = (draws["alpha"] - draws["theta"][:, data.of_teacher]) / draws["tau_teacher"][:, None]
    factor = len(data.schools) * np.log(draws["tau_school"]) + len(data.teachers) * np.log(draws["tau_teacher"])
    return out | {"eta_school": school, "eta_teacher": teacher}, factor


def positive(prior):
    """What PyMC and NumPyro move to the real line, with the support it has."""
    return {n: getattr(prior, n).support for n in ("tau_school", "tau_teacher", "sigma")}
