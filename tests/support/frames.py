"""The same table as every kind of data frame that the library reads, and the engines that some of them need."""

import os
import re
import shutil
import subprocess
import sys
import warnings

import pytest

EAGER = ("pandas", "polars", "arrow")
LAZY = ("polars, lazy", "duckdb", "dask")


def java():
    """The version of Java on this machine, 0 if there is none."""
    if shutil.which("java") is None:
        return 0
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, timeout=60).stderr
    found = re.search(r'version "(\d+)', said)
    return int(found[1]) if found else 0


def spark_session():
    """A local session with two workers; the test is skipped with the reason where there can be none."""
    pytest.importorskip("pyspark", reason="PySpark is not installed")
    if java() < 17:
        pytest.skip(f"Spark needs Java 17 or later; this machine has {java() or 'none'}")
    from pyspark.sql import SparkSession

    os.environ["PYSPARK_PYTHON"] = sys.executable
    quiet = {"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "2", "spark.ui.showConsoleProgress": "false",
             "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        builder = SparkSession.builder.master("local[2]")
        for name, value in quiet.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def as_kind(table, kind, folder, spark=None):
    """Return a pandas data frame as a frame of the kind named; files go to the folder, in several row groups."""
    if kind == "pandas":
        return table
    path = folder / f"{len(list(folder.iterdir()))}.parquet"
    table.to_parquet(path, row_group_size=max(1, len(table) // 5), index=False)
    if kind == "arrow":
        return pytest.importorskip("pyarrow.parquet").read_table(path)
    if kind == "duckdb":
        return pytest.importorskip("duckdb").connect().read_parquet(str(path))
    if kind == "dask":
        frame = pytest.importorskip("dask.dataframe")
        return frame.read_parquet(path, split_row_groups=2 if len(table) else False)
    if kind == "spark":
        return spark.read.parquet(str(path)).repartition(3)
    polars = pytest.importorskip("polars")
    return polars.scan_parquet(path) if "lazy" in kind else polars.read_parquet(path)
