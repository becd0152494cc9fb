def expected_errors(n, tau, sigma):
    """Return the expected squared errors of no, complete and partial pooling."""
    no = sigma**2 / n
    # The pupils have no part in the error of mu: it misses by what is special about the school.
    complete = tau**2
    # The posterior variance: precisions add up, so it is below either of the two.
    partial = 1 / (n / sigma**2 + 1 / tau**2)
    return no, complete, partial


def equal_size(tau, sigma):
    """Return the number of pupils at which no and complete pooling are equally bad."""
    # sigma²/n = tau², solved for n: the k imaginary pupils of the chapter.
    return sigma**2 / tau**2
