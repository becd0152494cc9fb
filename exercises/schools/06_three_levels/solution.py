import numpy as np


def standard_error(pupils, tau_teacher, sigma):
    """Return the standard error of the average of all pupils of one school, in points."""
    # Every pupil is a new draw of sigma, but the pupils of a teacher share one draw of tau_teacher:
    # more pupils do not average it out, only more teachers do.
    part = np.asarray(pupils) / np.sum(pupils)
    return np.sqrt(tau_teacher**2 * (part**2).sum() + sigma**2 / np.sum(pupils))


def teacher_share(tau_school, tau_teacher, sigma):
    """Return the share of a pupil's variance that lies between teachers of one school."""
    return tau_teacher**2 / (tau_school**2 + tau_teacher**2 + sigma**2)
