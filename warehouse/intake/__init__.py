"""Intake: department files in, landed Parquet out. locate -> precheck -> read -> repair -> check -> land."""

from warehouse.intake.records import LoadRecord, landed_schema, loads, quarantine_rows

__all__ = ["LoadRecord", "landed_schema", "loads", "quarantine_rows"]
