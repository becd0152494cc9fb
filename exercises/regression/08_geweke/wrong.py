"""Wrong answers as readers write them. Each must be told its own misconception."""

import numpy as np
from scipy import stats

from hbm_lib.exercises import wrong_answer


def fixed(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    y = new_data(rng, theta)
    for _ in range(sweeps):
        theta = step(rng, theta, y)
    return theta


def posterior(rng, draw_prior, new_data, step, chains, sweeps):
    y = new_data(rng, draw_prior(rng, 1))
    theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        theta = step(rng, theta, y)
    return theta


def posterior_of_chain_0(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    y = new_data(rng, theta)[[0] * chains]
    for _ in range(sweeps):
        theta = step(rng, theta, y)
    return theta


def posterior_later(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    y = np.repeat(new_data(rng, draw_prior(rng, 1)), chains, axis=0)
    for _ in range(sweeps):
        theta = step(rng, theta, y)
    return theta


def posterior_of_first(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    y = new_data(rng, theta[0:1])
    for _ in range(sweeps):
        theta = step(rng, theta, y)
    return theta


def from_start(rng, draw_prior, new_data, step, chains, sweeps):
    start = draw_prior(rng, chains)
    theta = start.copy()
    for _ in range(sweeps):
        y = new_data(rng, start)
        theta = step(rng, theta, y)
    return theta


def fresh_truth(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        truth = draw_prior(rng, chains)
        theta = step(rng, theta, new_data(rng, truth))
    return theta


def anew(rng, draw_prior, new_data, step, chains, sweeps):
    for _ in range(sweeps):
        truth = draw_prior(rng, chains)
        y = new_data(rng, truth)
        result = step(rng, truth, y)
    return result


def restarted(rng, draw_prior, new_data, step, chains, sweeps):
    start = draw_prior(rng, chains)
    theta = start
    for _ in range(sweeps):
        y = new_data(rng, theta)
        theta = step(rng, start, y)
    return theta


def late(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    data = [new_data(rng, theta)]
    for k in range(sweeps):
        data.append(new_data(rng, theta))
        theta = step(rng, theta, data[k])
    return theta


def trace(length, chains_in=lambda chains: 1, number=False):
    def run(rng, draw_prior, new_data, step, chains, sweeps):
        theta = draw_prior(rng, chains_in(chains))
        kept = []
        for _ in range(length(chains, sweeps)):
            y = new_data(rng, theta)
            theta = step(rng, theta, y)
            kept.append(theta[0] if number else theta)
        return np.array(kept)

    return run


def all_of_them(chains, sweeps):
    return sweeps


def counted(extra):
    def run(rng, draw_prior, new_data, step, chains, sweeps):
        theta = draw_prior(rng, chains)
        for _ in range(sweeps + extra):
            theta = step(rng, theta, new_data(rng, theta))
        return theta

    return run


def data(rng, draw_prior, new_data, step, chains, sweeps):
    return new_data(rng, counted(0)(rng, draw_prior, new_data, step, chains, sweeps))


def seen(rng, draw_prior, new_data, step, chains, sweeps):
    theta, k = draw_prior(rng, chains), 0
    while k < sweeps:
        y = new_data(rng, theta)
        theta, k = step(rng, theta, y), k + 1
    return y


def own_generator(rng, draw_prior, new_data, step, chains, sweeps):
    return counted(0)(np.random.default_rng(1), draw_prior, new_data, step, chains, sweeps)


def unmoved(rng, draw_prior, new_data, step, chains, sweeps):
    return draw_prior(rng, chains)


def no_data(rng, draw_prior, new_data, step, chains, sweeps):
    return step(rng, draw_prior(rng, chains))


def z_test(values, law):
    return 2 * stats.norm.sf(abs(values.mean() - law.mean()) / (law.std() / np.sqrt(len(values))))


def z_by_sample(values, law):
    return 2 * stats.norm.sf(abs(values.mean() - law.mean()) / stats.sem(values))


WRONG = (
    wrong_answer("sampler never used", joint_draws=unmoved),
    wrong_answer("data kept fixed", joint_draws=fixed),
    wrong_answer("parameters drawn from the posterior", joint_draws=posterior),
    wrong_answer("parameters drawn from the posterior", joint_draws=posterior_of_chain_0),
    wrong_answer("parameters drawn from the posterior", joint_draws=posterior_later),
    wrong_answer("parameters drawn from the posterior", joint_draws=posterior_of_first),
    wrong_answer("new data from the first parameters", joint_draws=from_start),
    wrong_answer("data of other parameters", joint_draws=fresh_truth),
    wrong_answer("begun anew in every sweep", joint_draws=anew),
    wrong_answer("every step from the beginning", joint_draws=restarted),
    wrong_answer("data one sweep behind", joint_draws=late),
    wrong_answer("one long chain", joint_draws=trace(all_of_them)),
    wrong_answer("one long chain", joint_draws=trace(all_of_them, number=True)),
    wrong_answer("one long chain", joint_draws=trace(lambda chains, sweeps: chains)),
    wrong_answer("one long chain", joint_draws=trace(lambda chains, sweeps: chains, number=True)),
    wrong_answer("one long chain", joint_draws=trace(lambda chains, sweeps: chains * sweeps)),
    wrong_answer("one long chain", joint_draws=trace(lambda chains, sweeps: chains * sweeps, number=True)),
    wrong_answer("all sweeps kept", joint_draws=trace(all_of_them, lambda chains: chains)),
    wrong_answer("all sweeps kept", joint_draws=lambda *given: np.concatenate(trace(all_of_them, lambda chains: chains)(*given))),
    wrong_answer("data returned", joint_draws=data),
    wrong_answer("data returned", joint_draws=seen),
    wrong_answer("a sweep too many or too few", joint_draws=counted(1)),
    wrong_answer("a sweep too many or too few", joint_draws=counted(-1)),
    # a generator of one's own: the numbers cannot be followed
    wrong_answer("different", joint_draws=own_generator),
    wrong_answer("exception", joint_draws=no_data),
    wrong_answer("signature", joint_draws=lambda rng, step, sweeps: 0.0),
    wrong_answer("means only", p_value=z_test),
    wrong_answer("means only", p_value=z_by_sample),
    wrong_answer("means only", p_value=lambda values, law: stats.ttest_1samp(values, law.mean()).pvalue),
    wrong_answer("statistic for p-value", p_value=lambda values, law: stats.kstest(law.cdf(values), "uniform")[0]),
    wrong_answer("not put through the law", p_value=lambda values, law: stats.kstest(values, stats.uniform.cdf)[1]),
    wrong_answer("density for distribution function", p_value=lambda values, law: stats.kstest(law.pdf(values), "uniform")[1]),
    wrong_answer("density for distribution function", p_value=lambda values, law: stats.ks_1samp(values, law.pdf).pvalue),
    wrong_answer("normal assumed", p_value=lambda values, law: stats.kstest(values, stats.norm.cdf).pvalue),
    wrong_answer("normal assumed", p_value=lambda values, law: stats.kstest((values - law.mean()) / law.std(), "norm")[1]),
    wrong_answer("normal assumed", p_value=lambda values, law: stats.kstest(stats.zscore(values), "norm").pvalue),
    wrong_answer("normal assumed", p_value=lambda values, law: stats.kstest(stats.zscore(values, ddof=1), "norm").pvalue),
    wrong_answer("one side only", p_value=lambda values, law: stats.ks_1samp(values, law.cdf, alternative="less").pvalue),
    wrong_answer("one side only", p_value=lambda values, law: stats.ks_1samp(values, law.cdf, alternative="greater").pvalue),
    wrong_answer("one minus the p-value", p_value=lambda values, law: 1 - stats.ks_1samp(values, law.cdf).pvalue),
    # another test than the one that was asked
    wrong_answer("different", p_value=lambda values, law: stats.cramervonmises(values, law.cdf).pvalue),
    wrong_answer("number of tests not counted", passes=lambda p_values, level: all(p_values > level)),
    wrong_answer("wrong way round", passes=lambda p_values, level: min(p_values) <= level / len(p_values)),
    wrong_answer("average of the p-values", passes=lambda p_values, level: np.average(p_values) > level),
    wrong_answer("average of the p-values", passes=lambda p_values, level: np.quantile(p_values, 0.5) > level),
    wrong_answer("only if all tests fail", passes=lambda p_values, level: any(p_values > level)),
    wrong_answer("share of small p-values", passes=lambda p_values, level: sum(p_values < level) <= level * len(p_values)),
    wrong_answer("share of small p-values", passes=lambda p_values, level: sum(p_values < level) < len(p_values) / 2),
    wrong_answer("level multiplied by the number of tests", passes=lambda p_values, level: min(p_values) > level * len(p_values)),
    wrong_answer("different", passes=lambda p_values, level: True),
    wrong_answer("type", passes=lambda p_values, level: min(p_values) * len(p_values)),
    wrong_answer("order of the updates", faulty="A"),
    wrong_answer("slow is not wrong", faulty="C"),
    wrong_answer("different", faulty="none"),
    wrong_answer("type", faulty=["B"]),
)
