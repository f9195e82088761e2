"""Intake: department files in, landed Parquet out. locate -> precheck -> read -> repair -> check -> land."""

from warehouse.intake.aliases import aliases_of, confirm_alias, forget_alias, suggested_aliases, suggested_in
from warehouse.intake.annotated import annotated
from warehouse.intake.compare import Against, Beside
from warehouse.intake.messages import RefusedError, explained
from warehouse.intake.parts import list_rows
from warehouse.intake.precheck import IMPORT, UPLOAD, Limits
from warehouse.intake.records import LoadRecord, landed_schema, loads, quarantine_rows
from warehouse.intake.runs import (
    DryRun,
    ImportReport,
    dry_run,
    import_files,
    read_again,
    record_refusal,
    to_read_again,
)
from warehouse.intake.templates import template

__all__ = [
    "IMPORT",
    "UPLOAD",
    "Against",
    "Beside",
    "DryRun",
    "ImportReport",
    "Limits",
    "LoadRecord",
    "RefusedError",
    "aliases_of",
    "annotated",
    "confirm_alias",
    "dry_run",
    "explained",
    "forget_alias",
    "import_files",
    "landed_schema",
    "list_rows",
    "loads",
    "quarantine_rows",
    "read_again",
    "record_refusal",
    "suggested_aliases",
    "suggested_in",
    "template",
    "to_read_again",
]
