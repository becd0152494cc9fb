"""Seeds of the Monte Carlo tests: one fixed for each test, or a fresh one that is logged.

A test's seed is the checksum of its name, so nobody chose it by its result.
``--fresh-seed`` draws another; ``--fresh-seed=N`` repeats the run that was logged with N.
"""

import secrets
import zlib

import pytest


def pytest_addoption(parser):
    parser.addoption("--fresh-seed", nargs="?", const="new", default=None,
                     help="draw a new seed for every Monte Carlo test (or repeat the one given)")


def pytest_configure(config):
    given = config.getoption("--fresh-seed")
    if given not in (None, "new") and not given.isdigit():
        raise pytest.UsageError(f"--fresh-seed: a whole number is needed, got {given!r}; write --fresh-seed=new before a path")
    # xdist hands its options to the workers after this, so all of them use the same draw
    if given == "new":
        config.option.fresh_seed = str(secrets.randbelow(2**31))


def pytest_terminal_summary(terminalreporter, config):
    # not in the header, which is not shown with -q
    if fresh := config.getoption("--fresh-seed"):
        terminalreporter.write_line(f"fresh seed: {fresh} (repeat with --fresh-seed={fresh})")


@pytest.fixture(scope="session")
def seed_for(request):
    """Return a function from a name to its seed, for fixtures that several tests share."""
    fresh = request.config.getoption("--fresh-seed")
    return lambda name: zlib.crc32(name.encode() if fresh is None else f"{fresh} {name}".encode())


@pytest.fixture
def seed(request, seed_for):
    """Return this test's seed."""
    name = request.node.nodeid.split("/tests/")[-1]
    if request.node.get_closest_marker("xdist_group"):
        name = name.rsplit("@", 1)[0]  # xdist adds the group to the name; the seed is the same without xdist
    return seed_for(name)
