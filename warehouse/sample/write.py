"""Writes a sample: the world, its lists month by month in the clerks' hands, and the truth beside."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from warehouse.contracts import Contract, load_contracts
from warehouse.errors import UsageError
from warehouse.profiles import Profile
from warehouse.sample import care, clerk, forms, habits, ledgers, meetings, services, truth
from warehouse.sample.clock import Window, stream
from warehouse.sample.deliveries import Delivery, draw_deliveries, quiet_list, town_days
from warehouse.sample.faults import plant_faults
from warehouse.sample.lists import CleanLists, Work
from warehouse.sample.people import People
from warehouse.sample.places import BY_FILE, Places
from warehouse.sample.platform import Export, as_file, exports_of, is_exported
from warehouse.sample.registers import draw_registers
from warehouse.sample.world import World, draw_world

RESENT = "_resent"
# Of these lists only rows with a defect are linked to the truth: the clean ones are too many and hold no question.
ONLY_DEFECTS_LINKED = {"household_roster", "household_income", "survey_visits"}
# The roster comes in parts by village in every third month, as from several police stations.
ROSTER_PARTS = ("东片", "西片", "南片")


@dataclass(frozen=True)
class SampleReport:
    """What was written. rows: data rows over all files, repeats included."""

    folder: Path
    households: int
    persons: int
    months: tuple[str, ...]
    files: int
    rows: int
    bytes_written: int


@dataclass
class _Ledger:
    """What has been written so far: one line per file, and the links of rows to the truth."""

    files: list[dict[str, object]] = field(default_factory=list)
    links: list[pl.DataFrame] = field(default_factory=list)


def write_sample(
    folder: Path,
    profile: Profile,
    *,
    households: int = 16_000,
    months: int = 12,
    until: dt.date = dt.date(2025, 12, 1),
    seed: int = 20251231,
    progress: Callable[[int, int], None] | None = None,
) -> SampleReport:
    """Writes `<YYYY-MM>/<extract>[__part].<kind>` and `manifest.csv` per month, and truth*.parquet, into the folder.

    Lists sent again with corrections stand in `_resent/<YYYY-MM>/` under the same file name with a manifest of their
    own: import the folder first, then `_resent`. What an earlier sample left in the folder is removed. Equal arguments
    give equal files.

    Raises: UsageError if households or months are too few to make a place of, or the folder holds something else.
    """
    if households < 20 or months < 1:
        raise UsageError(
            f"sample: got {households} households, {months} months, expected at least 20 and 1. Ask for more."
        )
    _clear(folder)
    window = Window(until, months)
    contracts = dict(load_contracts())
    deliveries = draw_deliveries(sorted(contracts), window, seed)
    world, work = _simulate(profile, window, households, seed, deliveries)
    lists, ledger, places = CleanLists(work, contracts), _Ledger(), Places(profile)
    expected = [extract for extract in sorted(contracts) if profile.expects(extract)]
    for month in range(months):
        for extract in expected:
            _write_list(folder, lists, contracts[extract], deliveries[extract, month], world, places, ledger)
        if progress:
            progress(month + 1, months)
    _write_manifests(folder, ledger)
    _write_truth(folder, work, ledger)
    return SampleReport(
        folder=folder,
        households=world.people.households,
        persons=world.people.persons,
        months=tuple(window.label(month) for month in range(months)),
        files=len(ledger.files),
        rows=sum(int(str(file["rows"])) for file in ledger.files),
        bytes_written=sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()),
    )


def _clear(folder: Path) -> None:
    """Removes an earlier sample; anything else in the folder is left alone and refused."""
    if not folder.exists():
        return
    if any(folder.iterdir()) and not (folder / "truth.parquet").is_file():
        raise UsageError(
            f"sample: got the folder {folder} with other files in it, expected an empty one. Name another."
        )
    for path in folder.iterdir():
        if path.is_dir() and (path.name == RESENT or (path / "manifest.csv").is_file()):
            shutil.rmtree(path)
        elif path.name.startswith("truth") and path.suffix == ".parquet":
            path.unlink()


def _simulate(
    profile: Profile, window: Window, households: int, seed: int, deliveries: dict[tuple[str, int], Delivery]
) -> tuple[World, Work]:
    world, facts = draw_world(profile, window, households, seed, quiet_list(window))
    registers = draw_registers(world, facts)
    spells = ledgers.draw_spells(world, facts, registers)
    checks = ledgers.draw_checks(world, spells, deliveries)
    inspections = ledgers.draw_inspections(world)
    children, elders = care.draw_children(world, registers), care.draw_elders(world)
    measures = ledgers.draw_measures(world, spells, checks)
    applications = ledgers.draw_applications(world, facts, registers)
    changed = plant_faults(world, facts, registers, spells, measures, checks, children, deliveries)
    work = Work(
        world=world,
        facts=facts,
        registers=changed.registers,
        spells=changed.spells,
        checks=changed.checks,
        applications=applications,
        measures=changed.measures,
        visits=ledgers.draw_visits(world, facts),
        inspections=inspections,
        issues=ledgers.draw_issues(world, inspections),
        children=children,
        elders=elders,
        referrals=services.draw_referrals(world),
        service_needs=services.draw_service_needs(world, registers, children, elders),
        meetings=meetings.draw_meetings(world),
        trainings=meetings.draw_trainings(world),
        faults=changed.faults,
    )
    return world, work


def _write_list(
    folder: Path,
    lists: CleanLists,
    contract: Contract,
    delivery: Delivery,
    world: World,
    places: Places,
    ledger: _Ledger,
) -> None:
    """The files of one list and month; a list to be corrected is first written with its last rows missing."""
    if delivery.received_on is None:
        return
    rows = lists.rows(contract.extract, delivery.month)
    if is_exported(contract.extract, places):
        for export in exports_of(contract.extract, rows, world, places):
            _write_export(folder, export, contract, delivery, world, ledger)
        return
    by_town = places.telling(contract.extract, world.seed) == BY_FILE
    for part, chosen, received_on in _parts(contract, rows, delivery, world, places):
        # Where towns send a long list, all of them export it as text.
        usual = rows.height if by_town else chosen.height
        one = _File(contract, part, delivery.month, received_on, usual)
        if delivery.first_on is not None:
            wrong = chosen[: chosen.height - max(1, chosen.height // 40)]
            _write_one(folder, replace(one, received_on=delivery.first_on), wrong, world, places, ledger)
            _write_one(folder / RESENT, one, chosen, world, places, ledger)
        else:
            _write_one(folder, one, chosen, world, places, ledger)


def _write_export(
    folder: Path, export: Export, contract: Contract, delivery: Delivery, world: World, ledger: _Ledger
) -> None:
    """One file of the civil-affairs platform."""
    month, label = delivery.month, world.window.label(delivery.month)
    habit = habits.habit_of(contract, month, export.rows.height, world.seed)
    sheet, draft, plain = as_file(export, contract, habit, label)
    path = folder / label / f"{contract.extract}__{export.title}.xlsx"
    forms.write_file(path, sheet, draft, plain, {})
    received: Any = delivery.received_on
    ledger.files.append(_file_line(folder, path, contract, month, received, sheet, draft, plain))
    ledger.links.append(_links(ledger.files[-1], sheet, draft, contract, world.people))


@dataclass(frozen=True)
class _File:
    """One file to be written. usual_rows decides its kind, so that a corrected version has the same name."""

    contract: Contract
    part: str
    month: int
    received_on: np.datetime64
    usual_rows: int


def _parts(
    contract: Contract, rows: pl.DataFrame, delivery: Delivery, world: World, places: Places
) -> list[tuple[str, pl.DataFrame, np.datetime64]]:
    """The parts of a list, each with the day it came: one a town in a county, three in a town now and then."""
    received_on: Any = delivery.received_on
    if places.telling(contract.extract, world.seed) == BY_FILE:
        town = pl.Series(places.town_of)[rows["_area"].to_numpy()] if rows.height else rows["_area"]
        days = town_days(delivery, len(places.towns), world.seed)
        return [
            (f"__{area.name}", rows.filter(town == place), day)
            for place, (area, day) in enumerate(zip(places.towns, days, strict=True))
            if day is not None
        ]
    if contract.extract != "household_roster" or delivery.month % 3 != 1:
        return [("", rows, received_on)]
    village = pl.Series(world.people.village[rows["_person"].to_numpy()] % len(ROSTER_PARTS))
    return [(f"__{name}", rows.filter(village == place), received_on) for place, name in enumerate(ROSTER_PARTS)]


def _write_one(folder: Path, file: _File, rows: pl.DataFrame, world: World, places: Places, ledger: _Ledger) -> None:
    contract, month, received_on = file.contract, file.month, file.received_on
    window, seed = world.window, world.seed
    habit = habits.habit_of(contract, month, file.usual_rows, seed)
    if habit.subtotals and forms.is_subtotalled(contract, rows.height):
        rows = rows.sort("village", maintain_order=True)
    draft = clerk.write_rows(rows, contract, habit, places, world.people, (month, window.months, seed))
    rng = stream(seed, "sheet", contract.extract, "shuffle")
    first = window.starts[month].astype(object)
    sheet = forms.lay_out(draft, contract, habit, world.profile.title, first, rng)
    path = folder / window.label(month) / f"{contract.extract}{file.part}.{habit.kind}"
    extras = {"备注": "", "填报单位": world.profile.title, "民族": "汉族"}
    forms.write_file(path, sheet, draft, habit, extras)
    ledger.files.append(_file_line(folder, path, contract, month, received_on, sheet, draft, habit))
    ledger.links.append(_links(ledger.files[-1], sheet, draft, contract, world.people))


def _file_line(
    folder: Path,
    path: Path,
    contract: Contract,
    month: int,
    received_on: np.datetime64,
    sheet: forms.Sheet,
    draft: clerk.Draft,
    habit: habits.Habit,
) -> dict[str, object]:
    forms_used = {
        "title_row": habit.title_row,
        "unit_row": habit.unit_row,
        "two_row_header": habit.two_row_header,
        "blank_column": habit.blank_column,
        "blank_row": any(not any(line) for lines in sheet.between.values() for line in lines),
        "number_column": habit.number_column,
        "extra_columns": bool(habit.extra_columns),
        "total_row": habit.total_row and sheet.rows > 0,
        "subtotal_rows": any(any(line) for lines in sheet.between.values() for line in lines),
        "notes": habit.notes,
        "hidden_sheet": habit.hidden_sheet and habit.kind != "csv",
        "note_sheet": bool(habit.note_sheet) and habit.kind != "csv",
        "shuffled_columns": habit.shuffled,
        "messy_headings": habit.messy_headings,
        "other_headings": any(habit.headings[column.name] != column.title for column in contract.columns),
        "spaced_names": habit.spaced_names,
        "apostrophe_ids": habit.apostrophe and habit.kind == "csv",
        "lower_x_ids": habit.lower_x,
        "number_cells": habit.number_cells and habit.kind != "csv",
        "zero_report": sheet.rows == 0,
    }
    return {
        "folder": RESENT if folder.name == RESENT else "",
        "month": dt.date.fromisoformat(f"{path.parent.name}-01"),
        "extract": contract.extract,
        "file": path.name,
        "received_on": received_on.astype(object),
        "kind": habit.kind,
        "encoding": habit.encoding if habit.kind == "csv" else "",
        "delimiter": habit.delimiter if habit.kind == "csv" else "",
        "date_style": habit.date_style,
        "money_style": habit.money_style,
        "village_style": habit.village_style,
        "yes_no_style": "/".join(habit.yes_no),
        "header_row": sheet.header_row,
        "rows": sheet.rows,
        "rows_expected_quarantined": sum(outcome == "quarantined" for outcome in draft.outcome.values()),
        "forms": "|".join(name for name, used in forms_used.items() if used),
    }


def _links(
    file: dict[str, object], sheet: forms.Sheet, draft: clerk.Draft, contract: Contract, people: People
) -> pl.DataFrame:
    """Which person and household each written row is truly about, and what is wrong with it."""
    person, household = draft.values["_person"].to_numpy(), draft.values["_household"].to_numpy()
    defects = pl.Series("defects", ["|".join(draft.defects.get(row, ())) for row in range(sheet.rows)], dtype=pl.String)
    expected = pl.Series("expected", [draft.outcome.get(row, "accepted") for row in range(sheet.rows)], dtype=pl.String)
    ids = pl.Series("person_id", people.id_no.tolist(), dtype=pl.String)
    numbers = pl.Series("household_no", people.household_no.tolist(), dtype=pl.String)
    named = pl.DataFrame({"person": person, "household": household}).select(
        person_id=pl.when(pl.col("person") >= 0).then(ids.gather(np.maximum(person, 0))),
        household_no=pl.when(pl.col("household") >= 0).then(numbers.gather(np.maximum(household, 0))),
    )
    frame = named.with_columns(
        pl.lit(str(file["folder"])).alias("folder"),
        pl.lit(file["month"]).alias("month"),
        pl.lit(contract.extract).alias("extract"),
        pl.lit(str(file["file"])).alias("file"),
        pl.Series("row_no", sheet.row_numbers()),
        defects,
        expected,
    )
    if contract.extract in ONLY_DEFECTS_LINKED:
        frame = frame.filter(pl.col("defects") != "")
    return frame.select(
        "folder", "month", "extract", "file", "row_no", "person_id", "household_no", "defects", "expected"
    )


def _write_manifests(folder: Path, ledger: _Ledger) -> None:
    by_place: dict[Path, list[tuple[str, str]]] = {}
    for file in ledger.files:
        place = folder / str(file["folder"]) / f"{file['month']:%Y-%m}"
        by_place.setdefault(place, []).append((str(file["file"]), str(file["received_on"])))
    for place, lines in by_place.items():
        with (place / "manifest.csv").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows([("file", "received_on"), *lines])


def _write_truth(folder: Path, work: Work, ledger: _Ledger) -> None:
    """truth: household months. truth_links: rows. truth_files, truth_villages, truth_persons, truth_findings."""
    world = work.world
    households = truth.truth_frame(world, work.facts, work.registers, work.spells, work.applications)
    pl.concat(ledger.links).write_parquet(folder / "truth_links.parquet")
    pl.DataFrame(ledger.files).write_parquet(folder / "truth_files.parquet")
    truth.villages_frame(world).write_parquet(folder / "truth_villages.parquet")
    truth.persons_frame(world).write_parquet(folder / "truth_persons.parquet")
    findings = truth.findings_frame(world, work.faults.planted, work.spells, households)
    findings.write_parquet(folder / "truth_findings.parquet")
    households.write_parquet(folder / "truth.parquet")
