"""Read users' rows from CSV or Parquet and name the columns as the model knows them."""

from pathlib import Path

import pandas as pd


def read(path: Path, *, unit: str, group: str | None, arm: str, outcome: str, treatment: str, control: str) -> pd.DataFrame:
    """Return creator_id, genre, group and revenue, one row a user.

    Raises
    ------
    ValueError
        If the file cannot be read, or a column is missing or named twice, or an arm has an unknown label.
    """
    if treatment == control:
        raise ValueError(f"--treatment and --control are both {control!r}; give two labels")
    names = [unit, arm, outcome, *([group] if group is not None else [])]
    if len(set(names)) < len(names):
        raise ValueError("--unit, --group, --arm and --outcome must name different columns")
    try:
        table = pd.read_parquet(path) if path.suffix.lower() in (".parquet", ".pq") else pd.read_csv(path)
    except (OSError, ValueError, ImportError) as error:
        raise ValueError(f"{path}: it cannot be read: {error}") from None
    table.columns = [str(name) for name in table.columns]
    for name in names:
        if name not in table.columns:
            raise ValueError(f"column {name!r} is not in the table; it has {', '.join(table.columns)}")
    label = table[arm].astype(str)
    bad = (~label.isin([treatment, control])).to_numpy()
    if bad.any():
        row = int(bad.argmax())
        raise ValueError(f"column {arm!r}, row {row}: {label.iloc[row]!r} is not an arm; known are {control!r}, {treatment!r}")
    return pd.DataFrame({
        "creator_id": table[unit], "genre": "all" if group is None else table[group],
        "group": label.map({treatment: "treatment", control: "control"}), "revenue": table[outcome]})
