"""Which label is the treatment and which the control: by the reader's word, or where it is obvious."""

from collections.abc import Mapping, Sequence

TREATED = ("treatment", "treated", "treat", "test", "variant", "1", "1.0", "true", "yes")
CONTROLS = ("control", "controls", "ctrl", "placebo", "baseline", "0", "0.0", "false", "no")


def arms(counts: Mapping[str, int], column: str, treatment: str | None, control: str | None,
         ignored: Sequence[str] = ()) -> tuple[str, str]:
    """Return the labels (treatment, control).

    Parameters
    ----------
    counts : mapping of str to int
        The labels found in the file and their numbers of rows.
    column : str
        The arms' column, for errors.
    treatment, control : str or None
        As the reader gave them. Of exactly two labels one may be left out, or both where one is among ``TREATED`` and the
        other among ``CONTROLS`` (upper or lower case).
    ignored : sequence of str
        Labels whose rows are left out on purpose.

    Raises
    ------
    ValueError
        If a label is not in the file, another one is there that nobody spoke of, or it is not obvious which is which;
        the error lists the labels found.
    """
    largest = sorted(counts.items(), key=lambda one: -one[1])[:12]
    found = f"found are {', '.join(f'{label!r} ({n:,} row{'' if n == 1 else 's'})' for label, n in largest)}"
    found += f" and {len(counts) - 12} more" * (len(counts) > 12)
    for option, label in (("--treatment", treatment), ("--control", control), *(("--ignore-arm", one) for one in ignored)):
        if label is not None and label not in counts:
            raise ValueError(f"{option}: column {column!r} has no label {label!r}; {found}")
    for label in ignored:
        if label in (treatment, control):
            raise ValueError(f"--ignore-arm: {label!r} is the label of an arm that is compared; leave out one of the two options")
    if treatment is not None and treatment == control:
        raise ValueError(f"--treatment and --control are both {control!r}; give two labels; {found}")
    left = [label for label in counts if label not in ignored]
    if treatment is None and control is None:
        treated, controls = ([one for one in left if one.lower() in names] for names in (TREATED, CONTROLS))
        if len(left) != 2 or len(treated) != 1 or len(controls) != 1:
            raise ValueError(f"column {column!r}: which label is the treatment is not obvious; {found}; say --treatment LABEL "
                             "--control LABEL, and --ignore-arm LABEL for each other one")
        return treated[0], controls[0]
    if treatment is None or control is None:
        other = [label for label in left if label not in (treatment, control)]
        if len(other) != 1:
            option = "--treatment" if treatment is None else "--control"
            raise ValueError(f"column {column!r}: there are not exactly two labels, so {option} is needed too; {found}")
        treatment, control = (other[0], control) if treatment is None else (treatment, other[0])
    unknown = [label for label in left if label not in (treatment, control)]
    if unknown:
        raise ValueError(f"column {column!r}: {unknown[0]!r} is neither the treatment {treatment!r} nor the control {control!r}; "
                         f"{found}; to leave its rows out say --ignore-arm {unknown[0]!r}")
    return treatment, control
