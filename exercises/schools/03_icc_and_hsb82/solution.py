import numpy as np

from hbm_lib import fit_exact
from hbm_lib.data.real import load
from hbm_lib.models import schools
from hbm_lib.priors import Exponential, Normal

model = schools.partial_pooling().with_prior(mu=Normal(12, 10), tau=Exponential(0.2), sigma=Exponential(0.1))
data = schools.Data.from_frame(load("hsb82"), y="mAch", school="school")


def icc(tau, sigma):
    """Return the posterior mean of the ICC from draws of tau and sigma."""
    # The share is computed within each draw, and averaged last: it is not linear in tau and sigma.
    return np.mean(tau**2 / (tau**2 + sigma**2))


def interval(tau, sigma):
    """Return the lower and upper end of the ICC's central 95% interval."""
    # Quantiles of the shares themselves: both scales are unknown, and vary together from draw to draw.
    lower, upper = np.quantile(tau**2 / (tau**2 + sigma**2), [0.025, 0.975])
    return lower, upper


draws = fit_exact(model, data).sample(np.random.default_rng(1982), 10_000)
share = icc(draws["tau"], draws["sigma"])
