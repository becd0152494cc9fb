"""Three levels: pupils have teachers, teachers have schools, schools have a district.

    y_i | alpha, sigma               ~ Normal(alpha_t(i), sigma)
    alpha_t | theta, tau_teacher     ~ Normal(theta_s(t), tau_teacher)
    theta_s | mu, tau_school         ~ Normal(mu, tau_school)

Of the scores an engine needs each teacher's mean and count, and the sum of squares about the means.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from hbm_lib.data import checks, door
from hbm_lib.priors import Dist


def _schools_of(index: np.ndarray, school: np.ndarray, teachers: Sequence[str], schools: Sequence[str], name: str) -> np.ndarray:
    """Return each teacher's place among the schools, or name the first row that says another than the rows before."""
    out = np.zeros(len(teachers), int)
    out[index[::-1]] = school[::-1]  # the first row of each teacher is written last
    strays = np.flatnonzero(out[index] != school)
    if len(strays):
        row = strays[0]
        both = sorted((schools[out[index[row]]], schools[school[row]]))
        raise ValueError(f"{name}, row {row}: {teachers[index[row]]!r} stands in school {both[0]!r} and in {both[1]!r}; "
                         "give teachers of different schools different labels")
    return out


@dataclass(frozen=True)
class Data:
    """Scores of pupils, each with a teacher and a school, one row a pupil.

    Parameters
    ----------
    y : array of shape (n,)
        Scores, in the units of the test.
    teacher, school : sequence of length n
        Labels of any kind; a teacher belongs to one school.

    Attributes
    ----------
    teachers, schools : tuple of str
        Names, in the order of ``alpha`` and of ``theta``.
    index : array of shape (n,)
        Each pupil's place among ``teachers``.
    of_teacher : array of shape (T,)
        Each teacher's place among ``schools``.

    Raises
    ------
    ValueError
        If there are fewer than two schools, no school has two teachers or no
        teacher two pupils, a teacher stands in two schools, lengths differ, a
        score is not a finite number, or a label is missing.
    """

    y: np.ndarray
    teacher: Sequence
    school: Sequence

    def __post_init__(self) -> None:
        """Check every column at the door."""
        y = checks.numbers(self.y, "y")
        index, teachers = checks.groups(self.teacher, "teacher")
        school_index, schools = checks.groups(self.school, "school")
        checks.equal_lengths({"y": y, "teacher": index, "school": school_index}, each="pupil")
        of_teacher = _schools_of(index, school_index, teachers, schools, "teacher")
        if len(schools) < 2:
            raise ValueError(f"school: at least two schools are needed, got {len(schools)}")
        if len(teachers) == len(schools):
            raise ValueError("teacher: every school has one teacher, so teachers and schools cannot be told apart; use schools")
        if len(y) == len(teachers):
            raise ValueError("teacher: every teacher has one pupil, so pupils and teachers cannot be told apart; use schools")
        for name, value in {"y": y, "index": index, "teachers": teachers, "schools": schools, "of_teacher": of_teacher}.items():
            object.__setattr__(self, name, value)

    @classmethod
    def from_frame(cls, frame: object, *, y: str, teacher: str, school: str) -> "Data":
        """Take the columns of a pandas, Polars or other data frame.

        Raises
        ------
        ValueError
            If a column is missing, and as the class does for its values; the
            error names the frame's column.
        """
        table = checks.frame(frame, [y, teacher, school])
        read = lambda name: table.get_column(name).to_numpy()  # noqa: E731
        scores = checks.numbers(read(y), f"column {y!r}")
        (index, teachers), (school_index, schools) = (checks.groups(read(name), f"column {name!r}") for name in (teacher, school))
        _schools_of(index, school_index, teachers, schools, f"column {teacher!r}")
        return cls(scores, read(teacher), read(school))

    @property
    def n_pupils(self) -> int:
        """The number of pupils n."""
        return len(self.index)

    @cached_property
    def counts(self) -> np.ndarray:
        """The pupils of each teacher, shape (T,)."""
        return np.bincount(self.index, minlength=len(self.teachers))

    @cached_property
    def means(self) -> np.ndarray:
        """The mean score of each teacher's pupils, shape (..., T)."""
        order = np.argsort(self.index, kind="stable")
        starts = np.concatenate([[0], self.counts.cumsum()[:-1]])
        return np.add.reduceat(self.y[..., order], starts, axis=-1) / self.counts

    @cached_property
    def within(self) -> np.ndarray:
        """The sum of squares of scores about their teacher's mean, shape (...)."""
        return ((self.y - self.means[..., self.index]) ** 2).sum(-1)

    @cached_property
    def membership(self) -> np.ndarray:
        """1 where a teacher belongs to a school, shape (T, S)."""
        return np.eye(len(self.schools))[self.of_teacher]

    def coords(self) -> dict[str, Sequence]:
        """Return the labels of each dimension."""
        return {"school": list(self.schools), "teacher": list(self.teachers), "pupil": np.arange(self.n_pupils)}

    @property
    def dims(self) -> dict[str, tuple[str, ...]]:
        """The labelled dimensions of what is observed and what is given."""
        return {"y": ("pupil",), "teacher_index": ("pupil",), "school_of_teacher": ("teacher",)}

    def observed(self) -> dict[str, np.ndarray]:
        """Return what was observed, for the result."""
        return {"y": self.y}

    def constant(self) -> dict[str, np.ndarray]:
        """Return what was given, for the result."""
        return {"teacher_index": self.index, "school_of_teacher": self.of_teacher}

    def replicated(self, y: np.ndarray) -> "Data":
        """Return the same pupils with many data sets at once, ``y`` of shape (R, n); for calibration."""
        if y.ndim != 2 or y.shape[1] != self.n_pupils:
            raise ValueError(f"y: shape (data sets, {self.n_pupils}) is needed, got {y.shape}")
        copy = object.__new__(Data)
        for name in ("index", "teachers", "schools", "of_teacher"):
            object.__setattr__(copy, name, getattr(self, name))
        object.__setattr__(copy, "y", y)
        return copy


@dataclass(frozen=True)
class Prior:
    """The priors of the model.

    Parameters
    ----------
    mu : Dist
        Of the district's mean.
    tau_school, tau_teacher, sigma : Dist
        Of the standard deviations between schools, between teachers of a school and
        between pupils of a teacher.
    """

    mu: Dist
    tau_school: Dist
    tau_teacher: Dist
    sigma: Dist

    def __post_init__(self) -> None:
        """Refuse a prior that puts mass on impossible values."""
        scales = ("tau_school", "tau_teacher", "sigma")
        door.distributions(self, ("mu", *scales), positive=scales)


def check(prior: Prior, data: object) -> None:
    """Refuse data of another kind, before any sampling."""
    door.one_data_set(data, Data)
