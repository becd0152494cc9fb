"""Draws in labelled form: shapes checked, labels kept, nothing that is not finite."""

import numpy as np
import pytest

from hbm_lib.draws import datatree, versions

DIMS = {"theta": ("school",), "y": ("school",)}
COORDS = {"school": ["A", "B", "C"]}


def make(**groups):
    return datatree(groups, dims=DIMS, coords=COORDS, attrs={"engine": "test", "seed": 1})


def test_labels_and_attributes_arrive():
    theta = np.arange(24.0).reshape(2, 4, 3)
    tree = make(posterior={"mu": np.zeros((2, 4)), "theta": theta}, observed_data={"y": np.ones(3)})
    assert tree["posterior"]["theta"].dims == ("chain", "draw", "school")
    assert list(tree["posterior"]["theta"].coords["school"].values) == ["A", "B", "C"]
    assert list(tree["observed_data"]["y"].coords["school"].values) == ["A", "B", "C"]
    np.testing.assert_array_equal(tree["posterior"]["theta"].sel(school="B").values, theta[..., 1])
    assert tree.attrs["engine"] == tree["posterior"].attrs["engine"] == "test"


@pytest.mark.parametrize("group", ["posterior", "prior"])
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_a_draw_that_is_not_finite_is_refused(group, bad):
    values = np.zeros((2, 4))
    values[1, 2] = bad
    with pytest.raises(ValueError, match=rf"{group}\['mu'\]: a draw is not finite"):
        make(**{group: {"mu": values}})


def test_chains_and_draws_that_differ_are_refused():
    """xarray would fill the shorter one up with missing values."""
    with pytest.raises(ValueError, match=r"posterior: every variable needs the same chains and draws, got"):
        make(posterior={"mu": np.zeros((2, 4)), "tau": np.zeros((3, 4))})


def test_a_dimension_without_labels_is_named():
    with pytest.raises(ValueError, match=r"posterior\['theta'\]: coords has no labels for dimension 'school'"):
        datatree({"posterior": {"theta": np.zeros((2, 4, 3))}}, dims=DIMS, coords={}, attrs={})


@pytest.mark.parametrize("shape", [(2, 4), (2, 4, 2), (2, 3), (4, 3), (2, 4, 3, 1)])
def test_a_shape_that_does_not_fit_its_labels_is_refused(shape):
    if shape == (2, 3):
        shape = (3,)
    with pytest.raises(ValueError, match=r"posterior\['theta'\]: shape"):
        make(posterior={"theta": np.zeros(shape)})


def test_data_groups_have_no_chains():
    with pytest.raises(ValueError, match=r"observed_data\['y'\]: shape"):
        make(posterior={"mu": np.zeros((2, 4))}, observed_data={"y": np.zeros((2, 4, 3))})


def test_versions_name_the_packages():
    found = versions("numpy")
    assert found["numpy"] == np.__version__
    assert set(found) == {"python", "numpy"}
