"""Broken engines of linear regression: each is rejected by a check that the sound one passes."""

import numpy as np
import plain_rows
import pytest
from conditional_checks import LIMIT as CONDITIONAL_LIMIT
from log_density_checks import LIMIT, numpyro_gap, pymc_gap
from plain_rows import CASES, FAR, exact_gaps
from planting import planted

from hbm_lib.models.linear import exact, gibbs, numpyro_model, pymc_model, spec

# what is wrong: (form, sound source, broken source)
PYMC = {
    "the prior of beta without sigma": ("centered", "chol=sigma * root", "chol=root"),
    "variance for standard deviation": ("noncentered", "beta), sigma, observed", "beta), sigma2, observed"),
    "the prior's mean is dropped": ("noncentered", "mean + sigma * pt.dot", "sigma * pt.dot"),
}
NUMPYRO = {
    "the prior of beta without sigma": ("centered", "scale_tril=sigma * root", "scale_tril=root"),
    "variance for standard deviation": ("noncentered", "@ beta, sigma)", "@ beta, sigma2)"),
    "the root transposed": ("noncentered", "root @ z", "root.T @ z"),
}
# what is wrong: (check, sound source, broken source)
GIBBS = {
    "the prior of beta is forgotten in the shape": ("sigma2", "(data.n_rows + data.n_columns) / 2", "data.n_rows / 2"),
    "the prior of beta is forgotten in the squares": (
        "sigma2", "data.sums.squares(state.beta) + (((state.beta - mean) @ root.T) ** 2).sum(-1)",
        "data.sums.squares(state.beta)"),
    "squares for half of them": ("sigma2", "prior.sigma2.scale + squares / 2", "prior.sigma2.scale + squares"),
    "variance for standard deviation": ("beta", "np.sqrt(state.sigma2)[:, None] * step", "state.sigma2[:, None] * step"),
    "the root transposed": (
        "beta", "    step = np.linalg.solve(found.root, z", "    step = np.linalg.solve(found.root.T, z"),
    "a coefficient drawn as if alone": ("coefficient", "- gap @ row / row[j]", "+ 0 * gap @ row / row[j]"),
    "a coefficient's own gap counted": ("coefficient", "    gap[:, j] = 0\n", ""),
}
# what is wrong: (sound source, broken source)
EXACT = {
    "rows counted whole in the shape": ("prior.sigma2.shape + data.n_rows / 2", "prior.sigma2.shape + data.n_rows"),
    "a degree of freedom for each coefficient": (
        "prior.sigma2.shape + data.n_rows / 2", "prior.sigma2.shape + (data.n_rows - data.n_columns) / 2"),
    "the prior's squares are dropped": ("(residual**2).sum(-1)", "(residual[..., len(root):]**2).sum(-1)"),
    "the squares of least squares are dropped": ("squares = sums.rss + ", "squares = "),
    "the prior's mean is dropped": ("return NormalInverseGamma(mean + moved,", "return NormalInverseGamma(moved,"),
    "the determinant is dropped": (" - np.log(np.abs(np.diag(found.root))).sum()", ""),
    "the evidence without the rows' constant": ("- 0.5 * data.n_rows * LOG_2PI", ""),
    "a normal's spread for a Student-t's": (
        "self.joint.scale / self.joint.shape * (half**2).sum(0)", "self.joint.scale / (self.joint.shape - 1) * (half**2).sum(0)"),
    "shape for degrees of freedom": ("return stats.t(2 * self.joint.shape, weights", "return stats.t(self.joint.shape, weights"),
}


@pytest.mark.parametrize("bug", PYMC)
def test_pymc(bug, seed):
    form, old, new = PYMC[bug]
    model, data = CASES["matrix"]
    assert pymc_gap(seed, data, model.prior, form, study=plain_rows) < LIMIT
    assert pymc_gap(seed, data, model.prior, form, build=planted(pymc_model, old, new).build, study=plain_rows) > 10 * LIMIT


@pytest.mark.parametrize("bug", NUMPYRO)
def test_numpyro(bug, seed):
    form, old, new = NUMPYRO[bug]
    model, data = CASES["matrix"]
    assert numpyro_gap(seed, data, model.prior, form, study=plain_rows) < LIMIT
    assert numpyro_gap(seed, data, model.prior, form, build=planted(numpyro_model, old, new).build, study=plain_rows) > 10 * LIMIT


@pytest.mark.parametrize("bug", GIBBS)
def test_gibbs(bug, seed):
    check, old, new = GIBBS[bug]
    model, data = CASES["matrix"]
    gap = getattr(plain_rows, f"{check}_gap")
    assert gap(seed, data, model.prior, gibbs) < CONDITIONAL_LIMIT
    assert gap(seed, data, model.prior, planted(gibbs, old, new)) > 1e-3


@pytest.mark.parametrize("bug", EXACT)
def test_exact(bug):
    model, data = CASES["matrix"]
    assert max(exact_gaps(model, data).values()) < 1e-8
    assert max(exact_gaps(model, data, planted(exact, *EXACT[bug])).values()) > 1e-3


def test_squares_about_the_outcomes_own_mean_are_not_those_of_the_line():
    broken = planted(spec, "((self.y - along @ q.T) ** 2)", "((self.y - self.y.mean()) ** 2)")
    wanted = np.linalg.lstsq(FAR.x, FAR.y)[1][0]
    assert spec.Data(FAR.x, FAR.y).sums.rss == pytest.approx(wanted, rel=1e-6)
    assert broken.Data(FAR.x, FAR.y).sums.rss != pytest.approx(wanted, rel=1e-3)
