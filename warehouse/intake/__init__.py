"""Intake: department files in, landed Parquet out. locate -> precheck -> read -> repair -> check -> land."""

from warehouse.intake.messages import RefusedError, explained
from warehouse.intake.precheck import IMPORT, UPLOAD, Limits
from warehouse.intake.records import LoadRecord, landed_schema, loads, quarantine_rows
from warehouse.intake.runs import DryRun, ImportReport, dry_run, import_files, record_refusal
from warehouse.intake.templates import template

__all__ = [
    "IMPORT",
    "UPLOAD",
    "DryRun",
    "ImportReport",
    "Limits",
    "LoadRecord",
    "RefusedError",
    "dry_run",
    "explained",
    "import_files",
    "landed_schema",
    "loads",
    "quarantine_rows",
    "record_refusal",
    "template",
]
