import numpy as np
from scipy import special, stats

from hbm_lib import fit_exact
from hbm_lib.models.eight_schools import eight_schools, noncentered

schools = eight_schools()


def log_predictive(y_j, sigma_j, mu, tau):
    """Return the log predictive density of y_j from draws of mu and tau made without it."""
    # Average the densities, not their logs: the draws are alternatives, and one of them is true.
    logs = stats.norm.logpdf(y_j, mu, np.sqrt(tau**2 + sigma_j**2))
    return special.logsumexp(logs) - np.log(len(mu))


# p(y_j | others) = p(all) / p(others): nothing is drawn, and no school predicts itself.
whole = fit_exact(noncentered(), schools).log_evidence
others = [fit_exact(noncentered(), schools.without(j)).log_evidence for j in range(8)]
elpd = whole - np.array(others)
