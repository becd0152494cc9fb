"""Draws of every engine against the exact posterior, by the rules of ``diagnostics.agreement``.

Twenty fresh seeds of every test here were tried before it was admitted, and none
failed: the worst distance was 4.1 MCSE (limit 5) for NUTS and 0.72 of the limit for
chains; the standard errors of NUTS reached about half of their cap.
"""

import numpy as np
import pytest

from hbm_lib import fit, fit_exact
from hbm_lib.diagnostics import agreement

from .models import MODELS, SCHOOLS, labels

EXACT = [name for name, (model, _) in MODELS.items() if "exact" in model.engines]
# 24 chains; the centered form is slow where tau is small, so it runs longer
GIBBS = [(name, form, 600) for name in EXACT for form in ("noncentered", "interwoven")] + [
    (name, "centered", 3000) for name in ("noncentered", "skeptical", "adaptive_hard")]
# one false alarm in a thousand runs of all comparisons of these tests
QUANTITIES = 40
LEVEL = agreement.level_for(QUANTITIES * (len(GIBBS) + len(EXACT)))
REFERENCE = {"E[mu]": (4.411, 3.309), "E[tau]": (3.602, 3.198), "E[theta[A]]": (6.151, 5.616)}


def wanted(name):
    model, data = MODELS[name]
    return agreement.targets(fit_exact(model, data), labels(model, data))


def judge(comparisons):
    assert comparisons
    assert all(c.ok for c in comparisons), "\n".join(str(c) for c in comparisons if not c.ok)


@pytest.mark.parametrize("name", EXACT)
def test_exact_draws(name, seed):
    tree = fit(*MODELS[name], engine="exact", seed=seed, chains=24, draws=1000)
    about = {"rule": "chains", "cap": 0.02, "level": LEVEL, "model": name, "engine": "exact"}
    judge(agreement.compare_all(tree["posterior"], wanted(name), **about))


@pytest.mark.parametrize(("name", "form", "draws"), GIBBS)
def test_gibbs(name, form, draws, seed):
    tree = fit(*MODELS[name], engine="gibbs", form=form, seed=seed, chains=24, draws=draws, tune=300)
    about = {"rule": "chains", "cap": 0.04, "level": LEVEL, "model": name, "engine": f"gibbs, {form}"}
    judge(agreement.compare_all(tree["posterior"], wanted(name), **about))


@pytest.mark.slow
@pytest.mark.parametrize("name", EXACT)
def test_numpyro(name, seed):
    tree = fit(*MODELS[name], engine="numpyro", seed=seed, target_accept=0.95)
    judge(agreement.compare_all(tree["posterior"], wanted(name), rule="mcse", cap=0.06, model=name, engine="numpyro"))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["noncentered", "adaptive_sigmoid"])
def test_pymc(name, seed):
    tree = fit(*MODELS[name], engine="pymc", seed=seed, target_accept=0.95)
    judge(agreement.compare_all(tree["posterior"], wanted(name), rule="mcse", cap=0.06, model=name, engine="pymc"))


@pytest.fixture(scope="module")
def reference(seed_for):
    return fit(*MODELS["student_t"], engine="gibbs", form="interwoven", seed=seed_for("student_t reference"),
               chains=24, draws=3000, tune=300)["posterior"]


@pytest.mark.slow
@pytest.mark.xdist_group("student_t")
class TestStudentT:
    """No exact value here: Gibbs is the reference, with the spread between its own chains."""

    @staticmethod
    def quantities(draws):
        out = {"mu": draws["mu"], "tau": draws["tau"], "log nu": np.log(draws["nu"])}
        out |= {"tau < 4": (draws["tau"] < 4) * 1.0, "nu < 10": (draws["nu"] < 10) * 1.0}
        return {n: np.asarray(v) for n, v in out.items()} | {f"theta {j}": np.asarray(draws["theta"])[..., j] for j in range(8)}

    @pytest.mark.parametrize("engine", ["gibbs", "numpyro", "pymc"])
    def test_engines_agree(self, engine, reference, seed):
        chains = {"form": "noncentered", "chains": 24, "draws": 1000, "tune": 300}
        others = chains if engine == "gibbs" else {"target_accept": 0.95}
        found = self.quantities(fit(*MODELS["student_t"], engine=engine, seed=seed, **others)["posterior"])
        comparisons = []
        for name, values in self.quantities(reference).items():
            means, sd = values.mean(1), values.std()
            about = {"cap": 0.06 * sd, "reference_se": means.std(ddof=1) / np.sqrt(len(means)),
                     "model": "student_t", "engine": engine, "quantity": name}
            if engine == "gibbs":
                comparisons.append(agreement.compare_chains(found[name].mean(1), means.mean(), level=LEVEL, **about))
            else:
                comparisons.append(agreement.compare_mcse(found[name], means.mean(), **about))
        judge(comparisons)


def test_exact_values_of_model_1():
    """Checked once by adaptive quadrature from another library's hands (scipy.integrate.quad, epsabs = 0)."""
    exact = fit_exact(*MODELS["noncentered"])
    np.testing.assert_allclose([exact.mean("mu"), exact.sd("mu")], [7.446680, 4.528332], atol=2e-6)
    np.testing.assert_allclose(exact.mean("tau"), 4.707306372682687, rtol=1e-10)
    np.testing.assert_allclose(exact.quantile("tau", 0.5), 3.784741749, rtol=1e-8)


def test_the_published_reference_posterior():
    """Moments of 10,000 published draws, within their own standard error and their rounding."""
    exact = fit_exact(*MODELS["posteriordb"])
    found = {"E[mu]": (exact.mean("mu"), exact.sd("mu")), "E[tau]": (exact.mean("tau"), exact.sd("tau")),
             "E[theta[A]]": (exact.mean("theta")[0], exact.sd("theta")[0])}
    for name, (mean, sd) in REFERENCE.items():
        se = np.hypot(sd / np.sqrt(10_000), 0.0005 / np.sqrt(3))
        assert abs(found[name][0] - mean) < 4 * se, (name, found[name], mean)
        assert abs(found[name][1] / sd - 1) < 0.05, (name, found[name], sd)


def test_a_wrong_posterior_is_refused(seed):
    """The comparison has teeth: model 1 with half-Cauchy(20) instead of half-Cauchy(10)."""
    from hbm_lib.priors import HalfCauchy

    wrong = MODELS["noncentered"][0].with_prior(tau=HalfCauchy(20))
    tree = fit(wrong, SCHOOLS, engine="gibbs", seed=seed, chains=24, draws=1000, tune=300)
    found = agreement.compare_all(tree["posterior"], wanted("noncentered"), rule="chains", cap=0.04, level=LEVEL)
    assert {c.verdict for c in found if "tau" in c.quantity} >= {"differs"}


def test_imprecision_cannot_pass(seed):
    tree = fit(*MODELS["noncentered"], engine="gibbs", seed=seed, chains=24, draws=30, tune=300)
    found = agreement.compare_all(tree["posterior"], wanted("noncentered"), rule="chains", cap=0.04, level=LEVEL)
    assert "not precise enough" in {c.verdict for c in found}
    assert not all(c.ok for c in found)
