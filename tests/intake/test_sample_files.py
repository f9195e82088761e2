"""The sample's files, with all their mess, are read to the row: the writer's own count against intake's."""

from __future__ import annotations

import datetime as dt

import polars as pl

from warehouse.intake import import_files, loads
from warehouse.sample import write_sample


def test_every_file_of_a_sample_reconciles_with_what_its_writer_says(settings, profile, tmp_path):
    write_sample(tmp_path / "sample", profile, households=80, months=2, until=dt.date(2025, 12, 1), seed=11)
    report = import_files([tmp_path / "sample"], settings, profile)
    assert not report.refused
    written = pl.read_parquet(tmp_path / "sample" / "truth_files.parquet").filter(pl.col("folder") == "")
    both = written.join(loads(settings), left_on=["month", "file"], right_on=["month", "file_name"], how="full")
    assert both["load_id"].null_count() == both["file"].null_count() == 0
    wrong = both.filter(
        (pl.col("rows") != pl.col("rows_read"))
        | (pl.col("header_row") != pl.col("header_row_right"))
        | (pl.col("received_on") != pl.col("received_on_right"))
    )
    assert wrong.is_empty(), wrong.select("file", "rows", "rows_read", "header_row", "header_row_right", "forms").rows()
    assert both["rows_quarantined"].sum() >= both["rows_expected_quarantined"].sum() > 0
