def draw_tau2(rng, gamma, group, a, b):
    """Return one draw of tau2 given the offsets of the groups, a number."""
    # J normals with mean 0 give v^(-J/2) exp(-sum of squares / 2v); the prior has the same form.
    # The rows are not in it: given the offsets, tau2 has J observations.
    shape = a + len(gamma) / 2
    scale = b + (gamma**2).sum() / 2
    # One over a gamma number is an inverse gamma number; its scale multiplies.
    return scale / rng.standard_gamma(shape)
