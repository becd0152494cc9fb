"""Geweke's joint test, put together from its pieces: what is asked, and the slips that have a name."""

import copy

import numpy as np
from scipy import stats

from hbm_lib.exercises import Checker, Exact, Misconception, Question, case, gives


def fresh(function):
    """Let a function work on copies, so that every call begins with the same random numbers."""
    return lambda *given: function(*copy.deepcopy(given))


def any_gives(*wrongs):
    """Recognize any of these answers; each works on copies of the inputs."""
    found = [gives(fresh(wrong), atol=0) for wrong in wrongs]  # p-values may be very small and still differ
    return lambda attempt: any(one(attempt) for one in found)


@fresh
def joint_draws(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        theta = step(rng, theta, new_data(rng, theta))
    return theta


def sweeps_changed(by):
    return lambda rng, prior, data, step, chains, sweeps: joint_draws(rng, prior, data, step, chains, sweeps + by)


def never_stepped(rng, draw_prior, new_data, step, chains, sweeps):
    return draw_prior(rng, chains)


def one_data_set_a_chain(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    y = new_data(rng, theta)
    for _ in range(sweeps):
        theta = step(rng, theta, y)
    return theta


def data_of_the_first(rng, draw_prior, new_data, step, chains, sweeps):
    first = theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        theta = step(rng, theta, new_data(rng, first))
    return theta


def one_behind(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    y = new_data(rng, theta)
    for _ in range(sweeps):
        later = new_data(rng, theta)
        theta, y = step(rng, theta, y), later
    return theta


def steps_from_the_first(rng, draw_prior, new_data, step, chains, sweeps):
    first = theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        theta = step(rng, first, new_data(rng, theta))
    return theta


def begun_anew(rng, draw_prior, new_data, step, chains, sweeps):
    for _ in range(sweeps):
        theta = draw_prior(rng, chains)
        theta = step(rng, theta, new_data(rng, theta))
    return theta


def data_of_fresh_parameters(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        theta = step(rng, theta, new_data(rng, draw_prior(rng, chains)))
    return theta


def common_data(how):
    """Build a run in which all chains see one data set: these are draws from its posterior."""

    def run(rng, draw_prior, new_data, step, chains, sweeps):
        y, theta = how(rng, draw_prior, new_data, chains)
        for _ in range(sweeps):
            theta = step(rng, theta, np.broadcast_to(y, (chains, y.shape[1])))
        return theta

    return run


def first_of_all(rng, draw_prior, new_data, chains):
    theta = draw_prior(rng, chains)
    return new_data(rng, theta)[:1], theta


def of_the_first_chain(rng, draw_prior, new_data, chains):
    theta = draw_prior(rng, chains)
    return new_data(rng, theta[:1]), theta


def data_first(rng, draw_prior, new_data, chains):
    y = new_data(rng, draw_prior(rng, 1))
    return y, draw_prior(rng, chains)


def data_second(rng, draw_prior, new_data, chains):
    theta = draw_prior(rng, chains)
    return new_data(rng, draw_prior(rng, 1)), theta


def path(chains_in, length, squeeze=False):
    """Build a run that keeps every sweep: of so many chains, over so many sweeps."""

    def run(rng, draw_prior, new_data, step, chains, sweeps):
        theta, kept = draw_prior(rng, chains_in(chains)), []
        for _ in range(length(chains, sweeps)):
            theta = step(rng, theta, new_data(rng, theta))
            kept.append(theta)
        kept = np.array(kept)
        return kept[:, 0] if squeeze else kept

    return run


def last_data(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        y = new_data(rng, theta)
        theta = step(rng, theta, y)
    return y


def data_after(rng, draw_prior, new_data, step, chains, sweeps):
    theta = draw_prior(rng, chains)
    for _ in range(sweeps):
        theta = step(rng, theta, new_data(rng, theta))
    return new_data(rng, theta)


def pieces(chains, sweeps, rows, keep, center):
    """Return the pieces of a normal mean: a sampler that keeps a share of what it was; random numbers new at every check."""

    def draw_prior(rng, K):
        return center + rng.standard_normal(K)

    def new_data(rng, theta):
        return theta[:, None] + rng.standard_normal((len(theta), rows))

    def step(rng, theta, y):
        goal, variance = (center + y.sum(1)) / (1 + rows), 1 / (1 + rows)
        return goal + keep * (theta - goal) + np.sqrt((1 - keep**2) * variance) * rng.standard_normal(len(theta))

    rng = np.random.default_rng(np.random.default_rng().integers(2**63))
    label = f"the pieces of a normal mean with {rows} rows, chains={chains}, sweeps={sweeps}"
    return case(label, rng=rng, draw_prior=draw_prior, new_data=new_data, step=step, chains=chains, sweeps=sweeps)


def p_value(values, law):
    return stats.kstest(values, law.cdf).pvalue


def mean_tests(values, law):
    """Return the p-values of tests that look at the mean alone."""
    size = len(values) ** 0.5
    z = [abs(values.mean() - law.mean()) / (sd / size) for sd in (law.std(), values.std(), values.std(ddof=1))]
    return [*(2 * stats.norm.sf(one) for one in z), stats.ttest_1samp(values, law.mean()).pvalue]


def mean_test(which):
    return lambda values, law: mean_tests(values, law)[which]


def sample(label, law, change):
    """Return values made up anew at every check, drawn from the law and changed."""
    return case(label, values=change(law.rvs(50, random_state=np.random.default_rng())), law=law)


NORMAL, GAMMA, VARIANCE = stats.norm(1, 2), stats.gamma(2, scale=0.3), stats.invgamma(3, scale=2)


def truth_of_passes(p_values, level):
    return bool(np.min(p_values) * len(p_values) > level)


MANY = np.linspace(0.02, 0.98, 40)
TESTS = (
    case(p_values=np.array([0.2, 0.6, 0.04]), level=0.05),
    case(p_values=np.array([0.01, 0.5, 0.7]), level=0.05),
    case("40 p-values from 0.02 to 0.98, level=0.05", p_values=MANY, level=0.05),
    case("40 p-values, one of them 1e-9, level=0.05", p_values=np.append(MANY[3:], [1e-9, 0.4, 0.5]), level=0.05),
    case(p_values=np.array([0.0004, 0.9]), level=0.001),
    case(p_values=np.array([0.03]), level=0.05),
    case(p_values=np.array([0.0008, 0.7, 0.3]), level=0.001),
    case(p_values=np.array([0.001, 0.06, 0.002]), level=0.05),
    case(p_values=np.array([0.3, 0.06, 0.9]), level=0.05),
)

CHECKER = Checker(
    Question(
        "joint_draws",
        joint_draws,
        (pieces(5, 3, 2, 0.6, 1.0), pieces(4, 6, 3, 0.8, -2.0), pieces(3, 2, 1, 0.3, 0.5)),
        misconceptions=(
            Misconception(
                "sampler never used",
                "These are draws from the prior that no sweep has touched. They pass every test, and say nothing of the sampler.",
                any_gives(never_stepped),
            ),
            Misconception(
                "data kept fixed",
                "You drew the data once, and every chain keeps its own. A right sampler still gives the prior back; but the data "
                "hold a wrong one in its place in every sweep. Draw new data from the parameters that you *now* have: then a "
                "fault makes wrong data, and these a larger fault.",
                any_gives(one_data_set_a_chain),
            ),
            Misconception(
                "parameters drawn from the posterior",
                "All your chains see the *same* data set. So they go to its posterior, and that is not the prior, however right "
                "the sampler. Each chain has data of its own, drawn from its own parameters.",
                any_gives(*map(common_data, (first_of_all, of_the_first_chain, data_first, data_second))),
            ),
            Misconception(
                "new data from the first parameters",
                "You draw new data in every sweep, but from the parameters of the beginning. They must follow from those that "
                "the last sweep has left.",
                any_gives(data_of_the_first),
            ),
            Misconception(
                "data of other parameters",
                "You draw the data of each sweep from *fresh* prior parameters. Then chain and data know nothing of each other, "
                "and a right sampler fails too, as soon as it remembers where it was.",
                any_gives(data_of_fresh_parameters),
            ),
            Misconception(
                "begun anew in every sweep",
                "You draw the parameters from the prior in every sweep. So only the last sweep is tested, and no fault can "
                "grow. The prior is drawn from once, before the loop.",
                any_gives(begun_anew),
            ),
            Misconception(
                "every step from the beginning",
                "Each of your steps starts at the parameters of the beginning. It must start where the last one ended.",
                any_gives(steps_from_the_first),
            ),
            Misconception(
                "data one sweep behind",
                "Your step sees the data of the sweep before. First new data from the present parameters, then the step with "
                "these data.",
                any_gives(one_behind),
            ),
            Misconception(
                "one long chain",
                "You keep every sweep of *one* chain. Its draws hang together, and a test for independent draws would refuse a "
                "right sampler. Run `chains` chains and keep the last sweep of each.",
                any_gives(
                    path(lambda chains: 1, lambda chains, sweeps: sweeps),
                    path(lambda chains: 1, lambda chains, sweeps: sweeps, squeeze=True),
                    path(lambda chains: 1, lambda chains, sweeps: chains),
                    path(lambda chains: 1, lambda chains, sweeps: chains, squeeze=True),
                    path(lambda chains: 1, lambda chains, sweeps: chains * sweeps),
                    path(lambda chains: 1, lambda chains, sweeps: chains * sweeps, squeeze=True),
                ),
            ),
            Misconception(
                "all sweeps kept",
                "You keep every sweep of every chain. The sweeps of one chain are not independent of each other; keep the last.",
                any_gives(
                    path(lambda chains: chains, lambda chains, sweeps: sweeps),
                    lambda *given: path(lambda chains: chains, lambda chains, sweeps: sweeps)(*given).ravel(),
                ),
            ),
            Misconception(
                "data returned",
                "You return data. The parameters are compared with their prior.",
                any_gives(last_data, data_after),
            ),
            Misconception(
                "a sweep too many or too few",
                "You do one sweep more or one less than `sweeps`.",
                any_gives(sweeps_changed(1), sweeps_changed(-1)),
            ),
        ),
    ),
    Question(
        "p_value",
        p_value,
        (
            sample("50 draws from Normal(1, 2)", NORMAL, lambda v: v),
            sample("50 draws with the right mean and a sd too small by a fifth", NORMAL, lambda v: 1 + 0.8 * (v - v.mean())),
            sample("50 draws from Gamma(2, 0.3), a little too large", GAMMA, lambda v: 1.1 * v),
            sample("50 draws from InverseGamma(3, 2)", VARIANCE, lambda v: v),
        ),
        compare=Exact(rtol=1e-6, atol=1e-12),
        misconceptions=(
            Misconception(
                "means only",
                "You compare the mean alone. A sampler whose draws are too narrow has the right mean: hold the *whole* law "
                "against the draws.",
                any_gives(*map(mean_test, range(4))),
            ),
            Misconception(
                "statistic for p-value",
                "You return the statistic, the largest gap between the two distribution functions. The p-value says how often a "
                "gap like this one comes by chance.",
                any_gives(lambda values, law: stats.kstest(values, law.cdf).statistic),
            ),
            Misconception(
                "not put through the law",
                "You test whether the values themselves are uniform. Uniform is what the law's distribution function makes of "
                "them.",
                any_gives(lambda values, law: stats.kstest(values, "uniform").pvalue),
            ),
            Misconception(
                "density for distribution function",
                "You put the values through the density. It is the distribution function, `cdf`, that makes them uniform.",
                any_gives(
                    lambda values, law: stats.kstest(law.pdf(values), "uniform").pvalue,
                    lambda values, law: stats.kstest(values, law.pdf).pvalue,
                ),
            ),
            Misconception(
                "normal assumed",
                "You test for a normal law. `law` is handed to you, and not every prior is normal.",
                any_gives(
                    lambda values, law: stats.kstest(values, "norm").pvalue,
                    lambda values, law: stats.kstest((values - law.mean()) / law.std(), "norm").pvalue,
                    lambda values, law: stats.kstest((values - values.mean()) / values.std(), "norm").pvalue,
                    lambda values, law: stats.kstest((values - values.mean()) / values.std(ddof=1), "norm").pvalue,
                ),
            ),
            Misconception(
                "one side only",
                "Your test looks at one side. Draws may be too large or too small.",
                any_gives(
                    lambda values, law: stats.kstest(values, law.cdf, alternative="less").pvalue,
                    lambda values, law: stats.kstest(values, law.cdf, alternative="greater").pvalue,
                ),
            ),
            Misconception(
                "one minus the p-value",
                "You return one minus the p-value. A small p-value speaks against the law.",
                any_gives(lambda values, law: 1 - p_value(values, law)),
            ),
        ),
    ),
    Question(
        "passes",
        truth_of_passes,
        TESTS,
        misconceptions=(
            Misconception(
                "number of tests not counted",
                "You hold the smallest p-value against the level. Of forty tests of a right sampler two are below 0.05 by "
                "chance: with many tests each must get a share of the level.",
                gives(lambda p, level: bool(p.min() > level)),
            ),
            Misconception(
                "wrong way round",
                "Your answers are all the other way round: *small* p-values speak against the sampler.",
                gives(lambda p, level: not truth_of_passes(p, level)),
            ),
            Misconception(
                "average of the p-values",
                "You average the p-values. One sure sign of a fault is hidden by many tests that see nothing of it.",
                any_gives(lambda p, level: bool(p.mean() > level), lambda p, level: bool(np.median(p) > level)),
            ),
            Misconception(
                "only if all tests fail",
                "You refuse a sampler only if *every* test does. A fault may show in one parameter alone.",
                gives(lambda p, level: bool(p.max() > level)),
            ),
            Misconception(
                "share of small p-values",
                "You count how many p-values are below the level. It matters how small the smallest is: one of 1e-9 is no "
                "accident, however many others look well.",
                any_gives(
                    lambda p, level: bool(np.mean(p < level) <= level),
                    lambda p, level: bool(np.mean(p < level) < level),
                    lambda p, level: bool(np.mean(p < level) < 0.5),
                ),
            ),
            Misconception(
                "level multiplied by the number of tests",
                "You *multiplied* the level by the number of tests. With more tests each one must be stricter, not easier to "
                "fail.",
                gives(lambda p, level: bool(p.min() > level * len(p))),
            ),
        ),
    ),
    Question(
        "faulty",
        "B",
        misconceptions=(
            Misconception(
                "order of the updates",
                "A draws sigma2 first and mu then. The order of two conditionals does not matter, as long as each sees the "
                "newest value of the other. Run it through your loop.",
                gives("A"),
            ),
            Misconception(
                "slow is not wrong",
                "C moves mu in small steps and mixes slowly. But each step keeps the posterior, and the joint test begins in the "
                "right law: it does not ask how fast a sampler is.",
                gives("C"),
            ),
        ),
    ),
    right=(
        "A right sampler gives back what it was handed, for any number of sweeps; a wrong one drifts, and the data drift along. "
        "The test needs no reference answer. But it is blind to slowness, and to a fault that the prior and the simulator share."
    ),
)
