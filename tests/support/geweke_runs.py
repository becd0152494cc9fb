"""Geweke's joint test of any model whose folder has ``quantities``."""

from importlib import import_module

from hbm_lib.diagnostics.geweke import joint_test


def run(model, data, form, rng, step=None, replicates=4000, sweeps=10):
    generative, quantities = (import_module(f"{model.folder}.{name}") for name in ("generative", "quantities"))
    prior, module = model.prior, import_module(model.module("gibbs"))
    step = step or module.step
    return joint_test(  # the level: two dozen tests share about two false alarms in a thousand runs
        lambda rng, n: generative.draw_prior(rng, data, prior, n),
        lambda rng, draws: generative.predict(rng, draws, data, prior),
        lambda rng, draws, y: quantities.gibbs_state(draws, data, prior),
        lambda rng, state, y: step(rng, state, data.replicated(y), prior, form)[0],
        lambda state: module.record(state, data, prior),
        lambda draws, y: quantities.uniforms(draws, y, data, prior),
        rng, replicates=replicates, sweeps=sweeps, level=1e-4,
    )
