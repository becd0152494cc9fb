"""Every model of the study with data it can take: what the agreement tests run over."""

from dataclasses import replace

import numpy as np

from hbm_lib.models import eight_schools as es

SCHOOLS = es.eight_schools()
COVARIATES = replace(SCHOOLS, covariates={"early": np.repeat([1.0, 0.0], 4), "x": np.linspace(-1, 1, 8) ** 2})
MODELS = {
    "noncentered": (es.noncentered(), SCHOOLS),
    "skeptical": (es.skeptical(), SCHOOLS),
    "adaptive_sigmoid": (es.adaptive("sigmoid"), SCHOOLS),
    "adaptive_hard": (es.adaptive("hard"), SCHOOLS),
    "complete_pooling": (es.complete_pooling(), SCHOOLS),
    "student_t": (es.student_t(), SCHOOLS),
    "precision_regression": (es.precision_regression(), SCHOOLS.with_precision()),
    "covariate_regression": (es.covariate_regression(), COVARIATES),
    "posteriordb": (es.posteriordb(), SCHOOLS),
}


def labels(model, data):
    """Return each variable's labels, None for a scalar: what ``agreement.targets`` takes."""
    coords = data.coords()
    return {name: coords[dims[0]] if dims else None for name, dims in model.dims.items() if name != "theta_sd"}
