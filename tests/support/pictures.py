"""Every figure of the library, drawn from real computed values of eight schools."""

import numpy as np
from scipy import stats

from hbm_lib import fit_exact
from hbm_lib.diagnostics import pooling
from hbm_lib.models import eight_schools as es
from hbm_lib.models.eight_schools import exact
from hbm_lib.models.schools import simulate
from hbm_lib.plots import (
    autocorrelations,
    bands,
    bars,
    bells,
    by_size,
    calibration_curve,
    coverage_width,
    densities,
    energy,
    estimates,
    fitted,
    flatness,
    forest,
    funnel,
    funnel_limits,
    grouped_bars,
    interval_grid,
    intervals,
    lines,
    log_likelihoods,
    moved_points,
    moved_ranks,
    paired_intervals,
    panels,
    predictive,
    ranks,
    rate_slider,
    ratio_slider,
    residuals,
    ridges,
    scale_slider,
    share_by_size,
    shrinkage,
    shrinkage_paths,
    size_funnel,
    size_shrinkage,
    stacked,
    statistic,
    tau_slider,
    traces,
    walk,
    walk_slider,
)

DATA = es.eight_schools()
DISTRICT, DISTRICT_TRUTH = simulate.district(42)
POSTERIOR = fit_exact(es.noncentered(), DATA)
GRID = np.linspace(0.01, 30, 200)
VERDICT = "The draws fill the region that the exact posterior gives."


def draws(seed=3, chains=4, n=200):
    found = POSTERIOR.sample(np.random.default_rng(seed), chains * n)
    return {k: v.reshape(chains, n, *v.shape[1:]) for k, v in found.items()}


def a_bars(name="a"):
    share = 100 * pooling.mean_factor(DATA.sigma, POSTERIOR.line.tau, POSTERIOR.line.weight)
    return bars.bars(dict(zip(DATA.labels, share, strict=True)), xlabel="shrinkage (%)", name=name), share


def a_densities(name="a", **more):
    curves = {"prior": POSTERIOR.model.prior.tau.pdf(GRID), "posterior": POSTERIOR.line.pdf(GRID)}
    return densities.densities(GRID, curves, xlabel="tau (points)", name=name, dashed=("prior",), **more)


def an_estimates(name="a"):
    own = es.no_pooling(DATA)
    pooled = es.heterogeneity(DATA).pooled
    return estimates.estimates(DATA.labels, own["estimate"], own["lower"], own["upper"], line=pooled,
                               line_label="all together", xlabel="points", name=name)


def an_intervals(name="a"):
    rows = {str(m.name): tuple(float(fit_exact(m, DATA).quantile("tau", q)) for q in (0.025, 0.5, 0.975))
            for m in (es.noncentered(), es.skeptical())}
    return intervals.intervals(rows, xlabel="tau (points)", name=name, what="Median and 95 percent interval of tau"), rows


def a_predictive(name="a"):
    laws = [POSTERIOR.predictive(j) for j in range(8)]
    low, high = (np.array([float(law.quantile(q)) for law in laws]) for q in (0.025, 0.975))
    return predictive.predictive(DATA.labels, DATA.y, low, high, np.array([law.mean for law in laws]), xlabel="points", name=name)


def a_shrinkage(name="a"):
    mean, _, _ = exact.coefficients(GRID, DATA, POSTERIOR.model.prior)
    pull = DATA.sigma**2 / (DATA.sigma**2 + GRID[:, None] ** 2)
    paths = pull * mean + (1 - pull) * DATA.y
    return shrinkage_paths.shrinkage_paths(GRID, paths, DATA.labels, POSTERIOR.line.pdf(GRID), xlabel="tau", ylabel="effect",
                                           name=name), paths


def a_funnel(name="a", seed=3):
    found = draws(seed)
    theta, tau = found["theta"][..., 0].ravel(), found["tau"].ravel()
    marks = {q: float(POSTERIOR.quantile("tau", q)) for q in (0.05, 0.5)}
    return funnel.funnel(theta, tau, tau < 0.2, marks, xlabel="effect of A", title="Non-centered", name=name,
                         xlim=(-20, 45), verdict=VERDICT)


def an_energy(name="a", seed=3):
    return energy.energy(draws(seed)["mu"], title="Energy", name=name, verdict=VERDICT)


def a_ranks(name="a", seed=3):
    return ranks.ranks(draws(seed)["tau"], title="Ranks", xlabel="rank", name=name, verdict=VERDICT)


def a_slider(name="a"):
    return tau_slider.tau_slider(DATA.labels, DATA.y, DATA.sigma, m0=0.0, s0=20.0, unit="points", name=name)


def a_by_size(name="a"):
    sizes = np.array([2, 10, 100])
    lines = {"no pooling": 144 / sizes, "complete pooling": np.full(3, 25.0), "partial pooling": 1 / (sizes / 144 + 1 / 25)}
    return by_size.by_size(sizes, lines, ylabel="mean squared error (points²)", name=name)


def a_stacked(name="a"):
    parts = {"no pooling": (np.array([-0.1, 0.0]), np.array([40.0, 2.0])),
             "partial pooling": (np.array([9.0, 0.1]), np.array([10.0, 1.5]))}
    return stacked.stacked(["2–6", "7–22"], parts, xlabel="pupils in the school", ylabel="points²", name=name)


def a_moved_ranks(name="a"):
    before, after = np.arange(1.0, 9), np.array([2.0, 1, 3, 4, 8, 6, 7, 5])
    return moved_ranks.moved_ranks(DATA.labels, before, after, strong=["E", "H"], left="before", right="after", name=name)


def a_moved_points(name="a", **more):
    own, level = np.arange(8) / 10, np.arange(8.0)
    settings = {"centre": (3.5, 0.35), "limits": ((-1, 9), (-1, 9)), "named": ["A", "H"]} | more
    return moved_points.moved_points(DATA.labels, (level, own), (level, 0.35 + 0.4 * (own - 0.35)), xlabel="start",
                                     ylabel="growth", name=name, **settings)


def a_statistic(name="a", seed=3):
    return statistic.statistic(draws(seed)["tau"].ravel(), 4.0, xlabel="tau (points)", name=name)


def a_size_funnel(name="a", named=("Holly", "Box", "Cherry", "Cypress")):
    return size_funnel.size_funnel(DISTRICT.labels, DISTRICT.counts, DISTRICT.sums.means, centre=75.0, sigma=12.0, named=named,
                                   ylabel="points", name=name)


def a_size_shrinkage(name="a", truth=True):
    pooled = ratio_slider.pooled_means(0.4, DISTRICT.sums.means, DISTRICT.counts)[1]
    return size_shrinkage.size_shrinkage(DISTRICT.labels, DISTRICT.counts, DISTRICT.sums.means, pooled, centre=75.0,
                                         named=["Holly", "Box"], ylabel="points", name=name,
                                         truth=DISTRICT_TRUTH.theta if truth else None)


def a_ratio_slider(name="a"):
    return ratio_slider.ratio_slider(DISTRICT.labels, DISTRICT.sums.means, DISTRICT.counts, unit="points", name=name)


def platform():
    """Forty creators in two genres: effects, pooled effects, their genres' places and means, sizes, truth."""
    rng = np.random.default_rng(8)
    sizes, index = np.geomspace(30, 5000, 40).round(), np.arange(40) % 2
    means = np.array([0.2, 0.8])
    truth = rng.normal(means[index], 0.4)
    own = rng.normal(truth, 4 / np.sqrt(sizes))
    share = 0.16 / (0.16 + 16 / sizes)
    return {"own": own, "pooled": share * own + (1 - share) * means[index], "sizes": sizes, "index": index, "centres": means,
            "truth": truth, "se": 4 / np.sqrt(sizes), "sd": 0.4 * np.sqrt(1 - share)}


def a_shrinkage_scatter(name="a", truth=True, groups=("comedy", "music"), **more):
    p = platform() | more
    return shrinkage.shrinkage(*(p[k] for k in ("own", "pooled", "sizes", "index")), groups, p["centres"], xlabel="own ($)",
                               ylabel="pooled ($)", name=name, truth=p["truth"] if truth else None)


def an_interval_grid(name="a", truth=True, rows=range(0, 40, 3)):
    p = {k: v if k == "centres" else v[list(rows)] for k, v in platform().items()}
    three = [(p[m] - 2 * p[s], p[m], p[m] + 2 * p[s]) for m, s in (("own", "se"), ("pooled", "sd"))]
    return interval_grid.interval_grid([f"no. {i}" for i in rows], p["sizes"], *three, p["centres"][p["index"]],
                                       ylabel="effect ($)", name=name, truth=p["truth"] if truth else None)


def a_coverage_width(name="a", **more):
    p = platform()
    ends = {"no pooling": (p["own"], p["se"]), "partial pooling": (p["pooled"], p["sd"])}
    both = {k: (m - 2 * s, m + 2 * s) for k, (m, s) in ends.items()}
    return coverage_width.coverage_width(both | more, p["truth"], xlabel="width ($)", name=name)


def a_grouped_bars(name="a"):
    values = {"no pooling": [0.265, 0.006], "complete pooling": [0.178, 0.131], "partial pooling": [0.109, 0.0062]}
    return grouped_bars.grouped_bars(["<100", "500+"], values, xlabel="users", ylabel="squared error", name=name)


def a_ridges(name="a", **more):
    x = np.linspace(-1, 2, 301)
    curves = {"comedy": np.exp(-0.5 * ((x - 0.2) / 0.1) ** 2), "music": np.exp(-0.5 * ((x - 0.8) / 0.3) ** 2)}
    return ridges.ridges(x, curves, xlabel="mean effect ($)", name=name, prior=np.full(301, 0.1),
                         **{"marks": {"truth": [0.25, 0.7], "complete pooling": [0.3, 0.9]}} | more)


def a_scale_slider(name="a", truth=True):
    p = platform()
    return scale_slider.scale_slider([f"no. {i}" for i in range(40)], p["own"], p["se"], p["sizes"], p["index"],
                                     ["comedy", "music"], unit="dollars", name=name, truth=p["truth"] if truth else None)


def a_lines(name="a"):
    slope = np.linspace(0.2, 0.9, 8)
    both = {"no pooling": (np.arange(8) / 10, slope), "partial pooling": (np.arange(8) / 20, 0.5 * slope + 0.25)}
    return lines.fans(list(DATA.labels), both, span=(-2, 2), limits=(-3, 3), strong=["A"], xlabel="intake",
                      ylabel="score", name=name)


def a_paired_intervals(name="a", own=True):
    law, raw = POSTERIOR, es.no_pooling(DATA)
    pooled = (law.mean("theta"), law.quantile("theta", 0.025), law.quantile("theta", 0.975))
    three = (raw["estimate"], raw["lower"], raw["upper"]) if own else None
    return paired_intervals.paired_intervals(DATA.labels, three, pooled, xlabel="points", name=name)


def a_share_by_size(name="a", n=200):
    sizes = np.geomspace(4, 40_000, n)
    return share_by_size.share_by_size(sizes, sizes / (sizes + 300), xlabel="rows (log scale)", ylabel="own data", name=name)


def a_bands(name="a"):
    week, groups = np.arange(1, 13), np.arange(3)[:, None]
    middle = np.sin(week / 4 + groups)
    return bands.bands(["a", "b", "c"], week, middle - 0.3, middle, middle + 0.3, truth=middle + 0.1, level=middle.mean(1),
                       xlabel="week", ylabel="effect", name=name)


def some_traces(name="a", truth=True, seed=3):
    found = draws(seed)
    return traces.traces({"mu": found["mu"], "tau": found["tau"]}, name=name, truth={"mu": 7.4} if truth else None)


def some_autocorrelations(name="a"):
    lags = np.arange(31)
    panels = {"beta": {"separate": 0.95**lags, "blocked": 0.3**lags}, "tau²": {"separate": 0.6**lags, "blocked": 0.5**lags}}
    return autocorrelations.autocorrelations(panels, xlabel="lag (sweeps)", name=name)


def some_bells(name="a", omega=(0.06, 0.15, 0.25, 0.5)):
    x = np.linspace(-8, 8, 81)
    many = np.exp(-np.array(omega)[:, None] * x**2 / 2)
    return bells.bells(x, many, 1 / np.cosh(x / 2), xlabel="logit", ylabel="factor", name=name)


def a_walk(name="a", rho=0.9):
    x = np.linspace(-4, 4, 81)
    form = x[:, None] ** 2 - 2 * rho * x[:, None] * x + x**2
    path = walk_slider.walked(rho, np.random.default_rng(4).standard_normal(30), (-2.5, 2.5))
    return walk.walk(x, x, np.exp(-0.5 * form / (1 - rho**2)), path, xlabel="intercept", ylabel="mean gap", name=name)


def a_walk_slider(name="a"):
    noise = np.random.default_rng(4).standard_normal(40)
    return walk_slider.walk_slider(noise, start=(-2.0, 2.5), xlabel="x", ylabel="y", name=name)


def a_fitted(name="a", truth=True):
    x, grid = np.array([0.5, 1.0, 2.5, 3.5]), np.linspace(0, 4, 41)
    line = 6 + 0.5 * grid
    panels = {"least squares": (line - 2, line, line + 2), "with the prior": (line - 1, line, line + 1)}
    return fitted.fitted(x, 6 + 0.5 * x + np.array([0.4, -0.3, 0.2, -0.1]), grid, panels, xlabel="dose", ylabel="yield (tons)",
                         name=name, truth=line if truth else None)


def a_flatness(name="a", slope=0.3):
    x = np.linspace(0.5, 3, 21)
    return flatness.flatness({"sigma2": (x, slope * np.log(x)), "tau2": (x, np.full(21, -4.0))},
                             ylabel="log joint - log claim", name=name)


def some_panels(name="a", seed=3):
    made = np.random.default_rng(seed).standard_normal((200, 40))
    ties = (made.round(1) == made.round(1).max(1, keepdims=True)).sum(1)
    checks = {"sd": (made.std(1), np.array(1.3)), "largest": (made.max(1), made.max(1) + 1), "ties": (ties, 16)}
    return panels.panels(checks, name=name)


def some_residuals(name="a", cap=True):
    at = np.linspace(5, 48, 80)
    y = np.minimum(at + 8 * np.sin(np.arange(80.0)), 50)
    capped = {"cap": 50, "cap_label": "cap"} if cap else {}
    return residuals.residuals(at, y, xlabel="fitted", ylabel="left over", name=name, **capped)


DOCTORS = [f"Dr. {letter}" for letter in "ABCDEFGHIJ"]
SUCCESSES = np.array([19, 4, 15, 0, 3, 36, 88, 9, 51, 109])
CASES = np.array([27, 4, 16, 3, 6, 44, 240, 10, 73, 120])


def clopper_pearson(tail=0.025):
    """The doctors' rates in percent, with exact intervals."""
    y, n = SUCCESSES, CASES
    low = np.where(y > 0, stats.beta.ppf(tail, np.maximum(y, 1), n - y + 1), 0)
    high = np.where(y < n, stats.beta.isf(tail, y + 1, np.maximum(n - y, 1)), 1)
    return 100 * y / n, 100 * low, 100 * high


def a_forest(name="a", truth=True, **more):
    y, n = SUCCESSES, CASES
    a, b = y + 0.5, n - y + 0.5
    jeffreys = 100 * a / (a + b), 100 * stats.beta.ppf(0.025, a, b), 100 * stats.beta.isf(0.025, a, b)
    pooled = 100 * rate_slider.pooled_rates(1.0, y, n, 0.0, 1.5)[0]
    three = {"no pooling": clopper_pearson(), "penalized": jeffreys, "partial pooling": (pooled, pooled - 9, pooled + 5)}
    settings = {"notes": [f"{s} of {t}" for s, t in zip(y, n, strict=True)], "line": 61.5, "line_label": "all together"}
    return forest.forest(DOCTORS, three, xlabel="chance of success (%)", name=name, truth=pooled + 4 if truth else None,
                         what="doctor", **settings | more)


def a_funnel_limits(name="a", **more):
    rate, grid = 0.615, np.arange(2, 321)
    bands = {f"{100 * level:g} %": tuple(100 * stats.binom.ppf(q, grid, rate) / grid for q in ((1 - level) / 2, (1 + level) / 2))
             for level in (0.95, 0.998)}
    low, high = (stats.binom.ppf(q, CASES, rate) for q in (0.025, 0.975))
    settings = {"outside": (low > SUCCESSES) | (high < SUCCESSES), "named": ["Dr. B", "Dr. D", "Dr. G", "Dr. J"]} | more
    return funnel_limits.funnel_limits(DOCTORS, CASES, 100 * SUCCESSES / CASES, centre=61.5, grid=grid, limits=bands,
                                       ylabel="success rate (%)", name=name, **settings)


def a_calibration_curve(name="a", kinds=("no pooling", "penalized", "partial pooling")):
    predicted, count = np.array([0.05, 0.3, 0.5, 0.7, 0.95]), np.array([40, 100, 400, 300, 80])
    happened = {"no pooling": 0.25 + 0.5 * predicted, "penalized": 0.15 + 0.75 * predicted, "partial pooling": predicted + 0.02,
                "complete pooling": 0.3 + 0.4 * predicted}
    half = 2 * np.sqrt(0.25 / count)
    curves = {k: (predicted, happened[k], np.maximum(happened[k] - half, 0), np.minimum(happened[k] + half, 1), count)
              for k in kinds}
    return calibration_curve.calibration_curve(curves, name=name)


def a_rate_slider(name="a", truth=None, **more):
    return rate_slider.rate_slider(DOCTORS, SUCCESSES, CASES, m0=0.0, s0=1.5, name=name, truth=truth, **more)


def some_log_likelihoods(name="a"):
    x = np.linspace(-5, 7, 121)
    counts = {"Dr. B, 4 of 4": (4, 4), "Dr. D, 0 of 3": (0, 3), "Dr. E, 3 of 6": (3, 6)}
    curves = {who: y * x - n * np.log1p(np.exp(x)) for who, (y, n) in counts.items()}
    return log_likelihoods.log_likelihoods(x, curves, dict(zip(counts, (np.inf, -np.inf, 0.0), strict=True)), xlabel="logit",
                                           ylabel="log likelihood", name=name)


PICTURES = {
    "log_likelihoods": some_log_likelihoods,
    "forest": a_forest, "funnel_limits": a_funnel_limits, "calibration_curve": a_calibration_curve,
    "flatness": a_flatness,
    "fitted": a_fitted, "panels": some_panels, "residuals": some_residuals,
    "traces": some_traces, "autocorrelations": some_autocorrelations, "walk": a_walk,
    "bands": a_bands, "bells": some_bells,
    "paired_intervals": a_paired_intervals, "share_by_size": a_share_by_size,
    "shrinkage": a_shrinkage_scatter, "interval_grid": an_interval_grid, "coverage_width": a_coverage_width,
    "grouped_bars": a_grouped_bars, "ridges": a_ridges,
    "size_funnel": a_size_funnel, "size_shrinkage": a_size_shrinkage,
    "by_size": a_by_size, "stacked": a_stacked, "moved_points": a_moved_points, "moved_ranks": a_moved_ranks, "lines": a_lines,
    "statistic": a_statistic,
    "bars": lambda **k: a_bars(**k)[0], "densities": a_densities, "estimates": an_estimates,
    "intervals": lambda **k: an_intervals(**k)[0], "predictive": a_predictive,
    "shrinkage_paths": lambda **k: a_shrinkage(**k)[0], "funnel": a_funnel, "energy": an_energy, "ranks": a_ranks,
}
FROM_DRAWS = {"funnel": a_funnel, "energy": an_energy, "ranks": a_ranks}
