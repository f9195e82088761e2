"""Build: landed loads -> dbt models in a private file -> checks -> publish.

Readers never see a build: it works in `builds/build.duckdb`, and only a build that passed every check is published.
Source: 04-warehouse "Flow", 07-trust.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import itertools
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import chinese_calendar
import duckdb
import polars as pl

from warehouse import build_progress, intake
from warehouse.contracts import Contract, load_contracts
from warehouse.errors import BuildError, KanhuError, UsageError
from warehouse.findings import findings_frame, unread_values
from warehouse.i18n import UnitWords
from warehouse.inputs import MART as INPUTS
from warehouse.inputs import inputs_frame, rule_files
from warehouse.intake.places import Places
from warehouse.lab_inputs import keep_inputs
from warehouse.locks import only_one
from warehouse.metrics import metrics_frame
from warehouse.profiles import Profile
from warehouse.settings import ROOT, Settings
from warehouse.snapshots import Snapshot, current_snapshot_id, publish, quoted, write_whole
from warehouse.stats.funnel import hazard_thresholds

# Ledgers hold spells of earlier years, and limits end after the last month.
YEARS_OF_DAYS_BEFORE = 10
YEARS_OF_DAYS_AFTER = 2
# More new warnings of one kind than a province has in a month: what lies above is unknown, not calm.
HIGHEST_COUNT_JUDGED = 20_000
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Plan:
    """What a build is made from: the loads in force on `as_of`, and the months they cover."""

    profile: Profile
    loads: pl.DataFrame
    as_of: dt.date
    months: tuple[dt.date, ...]

    @property
    def sample_data(self) -> bool:
        return bool(self.loads.filter("is_winning")["sample_ids"].any())


def build(
    settings: Settings, profile: Profile, *, as_of: dt.date | None = None, progress: Progress | None = None
) -> Snapshot:
    """Build the warehouse from the loads received by `as_of` (all of them if null) and serve it.

    Raises: BusyError while another build runs; UsageError if nothing was imported; BuildError if a model or a check
    fails. In each case the snapshot that was served stays served, and `last_failure` says why.
    """
    say = progress or (lambda _: None)
    with only_one(settings.builds / "lock", "build"):
        failure = settings.builds / "last_failure.json"
        database = settings.builds / "build.duckdb"
        try:
            say("reading the loads")
            build_progress.begin(settings.builds, current_snapshot_id(settings))
            plan = plan_build(settings, profile, as_of)
            rules = rules_version(profile)
            built_at = dt.datetime.now(dt.UTC).replace(microsecond=0)
            snapshot = Snapshot(
                snapshot_id=f"{built_at:%Y%m%dT%H%M%SZ}-{rules[:6]}{os.urandom(2).hex()}",
                built_at=built_at.isoformat(),
                profile=profile.name,
                as_of=plan.as_of.isoformat(),
                first_month=plan.months[0].isoformat(),
                last_month=plan.months[-1].isoformat(),
                rules_version=rules,
                sample_data=plan.sample_data,
                tables={},
            )
            _remove_database(database)
            register(database, settings, plan, snapshot)
            say("running the models and their tests")
            build_progress.tell(settings.builds, "models")
            run_dbt(database, settings.builds)
            say("reconciling")
            build_progress.tell(settings.builds, "reconcile")
            reconcile(database)
            write_model_catalogue(database, settings.builds / "target")
            with contextlib.closing(duckdb.connect(str(database))) as con:
                keep_inputs(con)
            _write_mart(database, INPUTS, inputs_frame(profile))
            say("publishing")
            build_progress.tell(settings.builds, "publish")
            published = publish(database, snapshot, settings)
            failure.unlink(missing_ok=True)
            build_progress.tell(settings.builds, build_progress.DONE, snapshot=published.snapshot_id)
            return published
        except UsageError:
            raise
        except Exception as error:
            record = {"failed_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"), "reason": str(error)[:2000]}
            with contextlib.suppress(OSError):
                write_whole(failure, json.dumps(record, ensure_ascii=False))
            if isinstance(error, KanhuError):
                raise
            raise BuildError(f"build: {str(error).splitlines()[0]}") from error
        finally:
            _remove_database(database)


def build_privately(settings: Settings, plan: Plan, marts: Sequence[str]) -> dict[str, pl.DataFrame]:
    """These marts of a build of the plan that nobody is served: what the figures would be, had only that been there.

    Raises: BusyError while a build runs; BuildError if a model fails.
    """
    with only_one(settings.builds / "lock", "build"):
        database = settings.builds / "build.duckdb"
        snapshot = Snapshot(
            snapshot_id="private",
            built_at=dt.datetime.now(dt.UTC).replace(microsecond=0).isoformat(),
            profile=plan.profile.name,
            as_of=plan.as_of.isoformat(),
            first_month=plan.months[0].isoformat(),
            last_month=plan.months[-1].isoformat(),
            rules_version=rules_version(plan.profile),
            sample_data=plan.sample_data,
            tables={},
        )
        try:
            _remove_database(database)
            register(database, settings, plan, snapshot)
            run_dbt(database, settings.builds, "run", "--select", *(f"+{mart}" for mart in marts))
            with contextlib.closing(duckdb.connect(str(database), read_only=True)) as con:
                return {mart: con.cursor().sql(f"select * from marts.{mart}").pl() for mart in marts}
        finally:
            _remove_database(database)


def last_failure(settings: Settings) -> dict[str, str] | None:
    """When and why the newest build failed (failed_at, reason); null if the newest one was published."""
    with contextlib.suppress(FileNotFoundError, ValueError):
        record: dict[str, str] = json.loads((settings.builds / "last_failure.json").read_text(encoding="utf-8"))
        return record
    return None


def _remove_database(database: Path) -> None:
    for path in database.parent.glob(database.name + "*"):
        path.unlink(missing_ok=True)


def plan_build(settings: Settings, profile: Profile, as_of: dt.date | None) -> Plan:
    """The loads received by `as_of` and the months from the first roster to the newest list.

    Raises: UsageError if no household roster was received, or the loads are of another profile.
    """
    return plan_of(intake.loads(settings, as_of), profile, as_of)


def plan_of(loads: pl.DataFrame, profile: Profile, as_of: dt.date | None) -> Plan:
    """The plan of these loads. Raises: as plan_build."""
    winning = loads.filter("is_winning")
    others = sorted(set(winning["profile"]) - {profile.name})
    if others:
        raise UsageError(
            f"build --profile {profile.name}: got loads of profile {', '.join(others)}, expected {profile.name}. "
            "Use the profile they were imported for, or another --data-dir."
        )
    rosters = winning.filter(pl.col("extract") == "household_roster")
    if rosters.is_empty():
        raise UsageError(
            "build: got no household_roster, expected at least one month of it. Import it first: every household "
            "comes from the roster."
        )
    first, last = rosters["month"].min(), winning["month"].max()
    received = as_of or winning["received_on"].max()
    if not isinstance(first, dt.date) or not isinstance(last, dt.date) or not isinstance(received, dt.date):
        raise BuildError("build: got loads without month or received date, expected both. Import the files again.")
    return Plan(profile=profile, loads=loads, as_of=received, months=tuple(_months(first, last)))


def _months(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    month = first
    while month <= last:
        yield month
        month = next_month(month)


def next_month(day: dt.date) -> dt.date:
    """The first day of the month after that day's."""
    return (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)


def rules_version(profile: Profile) -> str:
    """A hash of everything that decides a figure: policy, calendar, lists expected, models, macros, catalogues."""
    digest = hashlib.sha256()
    for part in (profile.policy, profile.calendar, profile.lists):
        digest.update(repr([asdict(item) for item in part]).encode())
    for path in rule_files():
        digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def register(database: Path, settings: Settings, plan: Plan, snapshot: Snapshot) -> None:
    """Schema `landed` of the build file: one view per extract, and the small tables that models join."""
    with contextlib.closing(duckdb.connect(str(database))) as con:
        con.execute("create schema landed")
        con.execute("create schema marts")
        for contract in load_contracts().values():
            _register_extract(con, settings, plan, contract)
        for name, frame in _small_tables(settings, plan, snapshot).items():
            con.register("frame", frame.to_arrow())
            con.execute(f"create table landed.{name} as select * from frame")
            con.unregister("frame")


def _register_extract(con: duckdb.DuckDBPyConnection, settings: Settings, plan: Plan, contract: Contract) -> None:
    winning = plan.loads.filter("is_winning", pl.col("extract") == contract.extract).sort("month", "load_id")
    files = [settings.landed / path for path in winning["path"]]
    if (winning["part"] != "").any():
        con.register("frame", intake.list_rows(contract, winning, settings).to_arrow())
        con.execute(f"create table landed.{contract.extract} as select * from frame")
        con.unregister("frame")
    elif files:
        paths = ", ".join(f"'{quoted(path)}'" for path in files)
        con.execute(f"create view landed.{contract.extract} as select * from read_parquet([{paths}])")
    else:
        con.register("frame", pl.DataFrame(schema=intake.landed_schema(contract)).to_arrow())
        con.execute(f"create table landed.{contract.extract} as select * from frame")
        con.unregister("frame")


def _small_tables(settings: Settings, plan: Plan, snapshot: Snapshot) -> dict[str, pl.DataFrame]:
    profile, contracts = plan.profile, load_contracts()
    info = {key: value for key, value in asdict(snapshot).items() if key not in ("tables", "format_version")}
    months = pl.DataFrame({"month": plan.months}, schema={"month": pl.Date})
    return {
        "build_info": pl.DataFrame([info]).with_columns(
            pl.lit(profile.title).alias("profile_name"),
            pl.lit(profile.title_en).alias("profile_name_en"),
            pl.col("as_of", "first_month", "last_month").str.to_date(),
            pl.col("built_at").str.to_datetime(time_zone="UTC").dt.replace_time_zone(None),
        ),
        "months": months.with_columns(
            month_end=pl.col("month").dt.month_end(),
            month_index=(pl.col("month").dt.year().cast(pl.Int64) * 12 + pl.col("month").dt.month()),
            quarter=pl.format("{}Q{}", pl.col("month").dt.year(), pl.col("month").dt.quarter()),
            year=pl.col("month").dt.year().cast(pl.Int64),
        ),
        "days": working_days(plan.months[0], plan.months[-1]),
        "hazard_thresholds": hazard_thresholds(HIGHEST_COUNT_JUDGED),
        "areas": areas_frame(profile),
        "area_scopes": area_scopes(profile),
        "departments": _frame(profile.departments),
        "extracts": extracts_frame(profile),
        "duties": duties_frame(profile),
        "parameters": _frame(profile.policy).with_columns(pl.col("valid_to").cast(pl.Date)),
        "calendar": _frame(profile.calendar),
        # A second file of a list is no list: where it came alone, the list is missing.
        "loads": with_parts(plan.loads.filter(pl.col("part") == ""), profile),
        "part_loads": with_parts(plan.loads.filter(pl.col("part") != ""), profile),
        "quarantine": intake.quarantine_rows(settings, plan.loads.filter("is_winning")["load_id"].to_list()),
        "metrics": metrics_frame(UnitWords(*profile.words_of(profile.unit_level))),
        "finding_rules": findings_frame(),
        "unread_values": unread_values(plan.loads.filter(pl.col("part") == "")),
        "column_titles": pl.DataFrame(
            [
                {"extract": contract.extract, "column_name": column.name, "title": column.title}
                for contract in contracts.values()
                for column in contract.columns
            ]
        ),
    }


def with_parts(loads: pl.DataFrame, profile: Profile) -> pl.DataFrame:
    """The loads with `part_code`: the town whose file it is, by its name; null for a file of the whole place.

    What rows a file holds does not tell: a list of the whole place may name people of one town only.
    """
    places = Places(profile)
    towns = [places.town_named_by(Path(name).stem) for name in loads["file_name"]]
    return loads.with_columns(pl.Series("part_code", towns, dtype=pl.String))


def working_days(first: dt.date, last: dt.date) -> pl.DataFrame:
    """The State Council's working days, from ten years before the first month to two years after the last.

    Returns: one row per day: day, is_working_day, working_day_no (how many working days up to and with the day; the
    working days between two days are the difference of theirs). Both null in a year the calendar does not have.
    """
    start, end = dt.date(first.year - YEARS_OF_DAYS_BEFORE, 1, 1), dt.date(last.year + YEARS_OF_DAYS_AFTER, 12, 31)
    days = [start + dt.timedelta(days=number) for number in range((end - start).days + 1)]
    frame = pl.DataFrame(
        {"day": days, "is_working_day": [_is_working_day(day) for day in days]},
        schema={"day": pl.Date, "is_working_day": pl.Boolean},
    )
    counted = pl.col("is_working_day").cast(pl.Int64).cum_sum()
    return frame.with_columns(working_day_no=pl.when(pl.col("is_working_day").is_not_null()).then(counted))


def _is_working_day(day: dt.date) -> bool | None:
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return None


def areas_frame(profile: Profile) -> pl.DataFrame:
    """Every area of the place. Returns: area_code, name, level, parent_code, ...; is_unit: of the lowest level;
    depth: 0 at the top; path: names from below the top down to it, joined by /; the words of its level; part_code: the
    area below the top that it belongs to where there are such between the top and villages (a town of a county sends
    lists of its own), else the top."""
    towns = {area.area_code for area in profile.groups}
    named = {area.area_code: area.name for area in profile.areas}
    rows = [
        {
            "area_code": area.area_code,
            "is_unit": area.level == profile.unit_level,
            "depth": len(profile.above(area.area_code)) - 1,
            "part_code": next((code for code in profile.above(area.area_code) if code in towns), profile.top_area),
            "path": "/".join(named[code] for code in profile.above(area.area_code)[1:]) or area.name,
            **dict(zip(("level_word", "level_word_en", "level_words_en"), profile.words_of(area.level), strict=True)),
        }
        for area in profile.areas
    ]
    return _frame(profile.areas).drop("aliases").join(pl.DataFrame(rows), on="area_code", maintain_order="left")


def area_scopes(profile: Profile) -> pl.DataFrame:
    """What figures of a village count for. Returns: area_code (a village) x scope_code: itself and every area above it;
    scope: `profile` for the top, else `area`."""
    rows = [
        {
            "area_code": village.area_code,
            "scope_code": code,
            "scope": "profile" if code == profile.top_area else "area",
        }
        for village in profile.villages
        for code in profile.above(village.area_code)
    ]
    return pl.DataFrame(rows)


def extracts_frame(profile: Profile) -> pl.DataFrame:
    """One row per list there is a contract for: what it is, and how the place gets it.

    Returns: extract, title, title_en, owner (the department that answers for it in this place), kind, grain,
    is_expected, frequency, due_months (numbers parted by 、), due_day_parameter (null: no day is set), source, clause,
    note (of how the place gets it).
    """
    rows = []
    for contract in load_contracts().values():
        due = profile.list_due(contract.extract, contract.owner)
        rows.append(
            {key: getattr(contract, key) for key in ("extract", "title", "title_en", "kind", "grain")}
            | {key: getattr(due, key) for key in ("is_expected", "frequency", "due_months", "source", "clause", "note")}
            | {"owner": due.department_code, "due_day_parameter": due.due_day_parameter or None}
        )
    return pl.DataFrame(rows, schema_overrides={"due_day_parameter": pl.String})


def duties_frame(profile: Profile) -> pl.DataFrame:
    """One row per duty in the order of the document: duty_no, department_code, duty_zh, duty_en, source, clause, counts
    (metrics and extracts parted by 、)."""
    texts = ("department_code", "duty_zh", "duty_en", "source", "clause", "counts")
    rows = [
        {"duty_no": number} | asdict(duty) | {"counts": "、".join(duty.counts)}
        for number, duty in enumerate(profile.duties, start=1)
    ]
    return pl.DataFrame(rows, schema={"duty_no": pl.Int64, **dict.fromkeys(texts, pl.String)})


def _frame(items: tuple[object, ...]) -> pl.DataFrame:
    return pl.DataFrame([asdict(item) for item in items], infer_schema_length=None)  # type: ignore[call-overload]


def run_dbt(database: Path, folder: Path, *words: str) -> None:
    """`dbt build` (or what `words` say) on the build file, in a child process: its memory and its locks end with it.

    Raises: BuildError with the first faults dbt found.
    """
    target = folder / "target"
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    words = words or ("build", "--exclude-resource-type", "unit_test")
    command = [sys.executable, "-m", "warehouse.dbt_child", str(database), str(target), *words]
    environment = {**os.environ, "KANHU_BUILD_DB": str(database), "DO_NOT_TRACK": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    faults = [
        f"{result['unique_id'].split('.', 2)[-1]}: {result['status']}. {(result['message'] or '').strip()[:400]}"
        for result in (json.loads(results.read_text(encoding="utf-8"))["results"] if results.exists() else [])
        if result["status"] in ("error", "fail", "runtime error")
    ]
    raise BuildError("\n".join(faults[:10]) or f"dbt ended with {done.returncode}: {done.stdout.strip()[-1000:]}")


def reconcile(database: Path) -> None:
    """Rows read = accepted + quarantined, and landed = accepted, per load. Raises: BuildError naming the extracts."""
    faults: list[str] = []
    with contextlib.closing(duckdb.connect(str(database), read_only=True)) as con:
        loads = con.execute(
            "select extract, sum(rows_read), sum(rows_accepted), sum(rows_quarantined) "
            "from landed.loads where is_winning group by extract order by extract"
        ).fetchall()
        quarantined = dict(
            con.execute(
                "select extract, count(*) from landed.quarantine "
                "where load_id in (select load_id from landed.loads) group by extract"
            ).fetchall()
        )
        for extract, read, accepted, rejected in loads:
            landed = con.execute(f"select count(*) from landed.{extract}").fetchall()[0][0]
            if read != accepted + rejected or landed != accepted or quarantined.get(extract, 0) != rejected:
                faults.append(
                    f"{extract}: got {read} rows read, {accepted} accepted, {landed} landed, {rejected} quarantined "
                    f"and {quarantined.get(extract, 0)} quarantine rows, expected them to add up."
                )
    if faults:
        raise BuildError("\n".join([*faults, "The build is not published. Import the files of these extracts again."]))


def write_model_catalogue(database: Path, target: Path) -> None:
    """Mart `meta_model`: every model with its layer, what it says of itself, its SQL as run and what it reads."""
    manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    models = [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]
    rows = [
        {
            "model": node["name"],
            "layer": node["fqn"][1],
            "description": node["description"] or opening_comment(node["raw_code"]),
            "compiled_sql": node.get("compiled_code") or "",
            "reads": "、".join(sorted(parent.rsplit(".", 1)[-1] for parent in node["depends_on"]["nodes"])),
        }
        for node in models
    ]
    columns = [
        {"model": node["name"], "column_name": column["name"], "description": column["description"]}
        for node in models
        for column in node["columns"].values()
    ]
    for table, data in (("meta_model", rows), ("meta_column", columns)):
        _write_mart(database, table, pl.DataFrame(data).sort(pl.all()))


def _write_mart(database: Path, mart: str, frame: pl.DataFrame) -> None:
    with contextlib.closing(duckdb.connect(str(database))) as con:
        con.register("frame", frame.to_arrow())
        con.execute(f"create or replace table marts.{mart} as select * from frame")


def opening_comment(sql: str) -> str:
    """What a model says of itself in the comment it opens with; staging models say it in their yml instead."""
    written = itertools.dropwhile(lambda line: line.startswith("{{ config"), sql.strip().splitlines())
    lines = itertools.takewhile(lambda line: line.startswith("--"), written)
    return " ".join(line.removeprefix("--").strip() for line in lines)
