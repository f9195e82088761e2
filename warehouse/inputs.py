"""What a snapshot was made by: the texts of its rules, its policy and its profile, kept inside it as mart `meta_input`.

No page reads them. A release can be read, compared and computed again from them when the files have long changed.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from warehouse.policy import COLUMNS, Parameter
from warehouse.profiles import Profile
from warehouse.settings import ROOT

MART = "meta_input"
KINDS = ("rule", "policy", "profile")
DBT_PROJECT = ROOT / "dbt_project"
POLICY_FILE = "policy.csv"


def rule_files() -> list[Path]:
    """Every file that says how a figure is counted: models, macros, catalogues."""
    catalogues = [path for name in ("metrics.yml", "findings.yml") if (path := ROOT / "warehouse" / name).is_file()]
    return sorted([*DBT_PROJECT.glob("models/**/*.sql"), *DBT_PROJECT.glob("macros/**/*.sql"), *catalogues])


def inputs_frame(profile: Profile) -> pl.DataFrame:
    """The texts as they are now, the policy as it was read.

    Returns: one row per file: kind (rule, policy, profile), path (relative), sha256, text.
    """
    rows = [
        {"kind": kind, "path": path, "sha256": hashlib.sha256(text.encode()).hexdigest(), "text": text}
        for kind, path, text in _texts(profile)
    ]
    return pl.DataFrame(rows, schema=dict.fromkeys(("kind", "path", "sha256", "text"), pl.String))


def inputs_of_rules() -> pl.DataFrame:
    """The rules as they are now: path, sha256, by path."""
    rows = [(path.relative_to(ROOT).as_posix(), hashlib.sha256(path.read_bytes()).hexdigest()) for path in rule_files()]
    return pl.DataFrame(rows, schema={"path": pl.String, "sha256": pl.String}, orient="row").sort("path")


def _texts(profile: Profile) -> Iterator[tuple[str, str, str]]:
    for path in rule_files():
        yield "rule", path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
    yield "policy", POLICY_FILE, policy_csv(profile.policy)
    for path in sorted(profile.folder.iterdir()):
        if path.suffix in (".csv", ".yml") and path.name != POLICY_FILE:
            yield "profile", path.name, path.read_text(encoding="utf-8-sig")


def policy_csv(parameters: tuple[Parameter, ...]) -> str:
    """The parameters as a policy file that reads back as the same parameters."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*COLUMNS, "note_zh"))
    for one in parameters:
        days = (one.valid_from.isoformat(), one.valid_to.isoformat() if one.valid_to else "")
        writer.writerow((one.parameter, one.value, one.unit, *days, one.source, one.clause, one.note, one.note_zh))
    return text.getvalue()


def unpack(inputs: pl.DataFrame, folder: Path, *kinds: str) -> Path:
    """Write the texts of those kinds into `folder`, which then is a profile's. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path, text in inputs.filter(pl.col("kind").is_in(kinds)).select("path", "text").iter_rows():
        (folder / path).write_text(text, encoding="utf-8")
    return folder
