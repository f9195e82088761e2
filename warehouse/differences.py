"""What changed since a release: every figure and every household of its period, old against new, with the reason.

The reason is found by taking the differences of what the two snapshots were made from one by one, in a fixed order:
rules, profile, policy, then lists. Where only one thing differs, it is the reason. With `explain` the steps between are
built, privately, and a state has the reason of the step at which it changed. Without, lists are told by their rows: a
household whose rows changed in one list only has that list as its reason; what cannot be told is `several`.
Source: 05-pages 9 "Month freeze with visible difference".
"""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from warehouse.build import build_privately, plan_of
from warehouse.contracts import load_contracts
from warehouse.errors import SnapshotError
from warehouse.inputs import MART as INPUTS
from warehouse.inputs import POLICY_FILE, inputs_of_rules, unpack
from warehouse.intake.records import LINEAGE, has_rows, loads_frame, records
from warehouse.periods import period_days
from warehouse.profiles import Profile, load_profile
from warehouse.releases import DIFFERENCES, Release, read_release, release_path, releases, releases_folder
from warehouse.settings import Settings
from warehouse.snapshots import current_snapshot, read_marts, snapshot_path, write_marts

Say = Callable[[str], None]
# What stands behind the figures of a household, told one by one where the two snapshots both have it.
STATES: Final = (
    "tier_eligible", "tier_registered", "monitored_type_eligible", "monitored_type_registered", "is_monitored",
    "risk_level", "income_known", "suspected_missed", "suspected_unmonitored", "suspected_ineligible", "gradual_exit",
    "single_cover_missed", "household_missed", "dropped", "dead_or_moved_active", "double_registered",
    "potential_target", "no_check", "disability_subsidy_gap", "watch_population",
)  # fmt: skip
HOUSEHOLD: Final = "household"  # the state of being in the fact at all
UNKNOWN, ABSENT, PRESENT, NOTHING = "unknown", "absent", "present", "none"
SETTINGS: Final = ("rule", "profile", "policy")
LISTS: Final = ("correction", "reread", "late", "gone")
SEVERAL: Final = "several"
PARTED: Final = "、"
MOST_STEPS: Final = 8
_KEY: Final = ["month", "household_key"]
_FIGURE: Final = ["metric", "scope", "scope_code"]
_COUNTS: Final = ("numerator", "denominator", "unknown", "value", "state")
_PLACE: Final = ["extract", "month", "file_name"]
_COPIED: Final = ("dim_area", "dim_department", "dim_extract", "dim_household", "meta_snapshot")


@dataclass(frozen=True)
class Side:
    """One of the two snapshots that are compared."""

    snapshot_id: str
    path: Path
    as_of: str
    built_at: str
    rules_version: str


@dataclass(frozen=True)
class Step:
    """A difference of what the two were made from. kind: rule, profile, policy, correction, reread, late, gone, later
    (lists of later months, and the later day). extract: of a list; null for the others, and for lists taken together.
    places: the files (extract, month, file_name) it brings."""

    kind: str
    extract: str | None = None
    places: frozenset[tuple[str, dt.date, str]] = frozenset()

    @property
    def name(self) -> str:
        return self.kind if self.extract is None else f"{self.kind}:{self.extract}"


def difference(
    settings: Settings, name: str, *, other: str | None = None, explain: bool = False, say: Say | None = None
) -> Path:
    """A file of marts that says what changed between the release and the served snapshot, or another release.

    It is worked out once for each pair of snapshots and kept in the release's folder. `explain` builds what lies
    between. Raises: as read_release; SnapshotError if it cannot be explained; BusyError while a build runs.
    """
    say = say or (lambda _: None)
    release = read_release(settings, name)
    new = _side_of(settings, read_release(settings, other)) if other else served_side(settings)
    found = kept_difference(settings, release, new.snapshot_id)
    if found and (not explain or _is_told(found)):
        return found
    path = _file(settings, release, new.snapshot_id, explain)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    marts = _Work(settings, release, _side_of(settings, release), new, say).marts(explain)
    write_marts(path, marts, like=new.path, also=_COPIED)
    _prune(settings, path.parent)
    return path


def changed_inputs(old: Side, new: Side, period: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What two snapshots were made from differently, without looking at what it changed: the lists in force (as
    release_list), and rules, profile and policy (as release_setting)."""
    was, now = (read_marts(side.path, _INPUTS) for side in (old, new))
    return _lists(was["loads"], now["loads"], period, old), _settings(was, now)


def _prune(settings: Settings, folder: Path) -> None:
    """Remove comparisons with snapshots that are no longer there."""
    held = {path.stem for path in settings.snapshots.glob("*.duckdb")} | {one.snapshot_id for one in releases(settings)}
    for path in folder.glob("*.duckdb"):
        if path.stem.removesuffix("-explained") not in held:
            path.unlink(missing_ok=True)


def served_side(settings: Settings) -> Side:
    """The snapshot that is served, as one side of a comparison. Raises: SnapshotError where none is."""
    now = current_snapshot(settings)
    path = snapshot_path(settings, now.snapshot_id)
    return Side(now.snapshot_id, path, now.as_of, now.built_at, now.rules_version)


def _side_of(settings: Settings, release: Release) -> Side:
    path = release_path(settings, release)
    return Side(release.snapshot_id, path, release.as_of, release.built_at, release.rules_version)


def _file(settings: Settings, release: Release, snapshot_id: str, explained: bool) -> Path:
    folder = releases_folder(settings) / release.name / DIFFERENCES
    return folder / f"{snapshot_id}{'-explained' if explained else ''}.duckdb"


def kept_difference(settings: Settings, release: Release, snapshot_id: str) -> Path | None:
    """The file of what changed between the release and that snapshot, if it was worked out; the explained one first."""
    files = (_file(settings, release, snapshot_id, explained) for explained in (True, False))
    return next((path for path in files if path.is_file()), None)


def _is_told(path: Path) -> bool:
    """Whether nothing is left to explain."""
    return str(read_marts(path, {"info": "select proof from release_info"})["info"].item()) in ("single", "rebuild")


class _Work:
    """The comparison of two snapshots."""

    def __init__(self, settings: Settings, release: Release, old: Side, new: Side, say: Say) -> None:
        self.settings, self.release, self.old, self.new, self.say = settings, release, old, new, say
        say("reading both snapshots")
        self.was, self.now = _read(old.path, release.period), _read(new.path, release.period)
        self.lists = _lists(self.was["loads"], self.now["loads"], release.period, old)
        self.setting = _settings(self.was, self.now)
        self.steps = _steps(self.lists, self.setting, moved_on=old.as_of != new.as_of)

    def marts(self, explain: bool) -> dict[str, pl.DataFrame]:
        """Every table of the comparison by name; with `explain`, reasons proved by private builds.

        `proof` in release_info says how reasons were found: single (only one thing changed), rebuild, or rows (by what
        changed in the household's own rows; then a reason may be "several").
        """
        changed = _changed(self.was["states"], self.now["states"])
        figures = _figures(self.was["figures"], self.now["figures"])
        steps_of_figures = pl.DataFrame(schema=_STEP_SCHEMA)
        if len(self.steps) <= 1:
            proof = "single"
            reason = self.steps[0] if self.steps else Step("none")
            told = changed.with_columns(reason=pl.lit(reason.kind), reasons=pl.lit(reason.name))
        elif explain:
            proof = "rebuild"
            told, steps_of_figures = self._rebuilt(changed)
        else:
            proof = "rows"
            told = self._by_rows(changed)
        told = told.select(*_ROW)
        heads = pl.concat([self.now["heads"], self.was["heads"]]).unique("household_key", keep="first")
        rows = told.join(heads, on="household_key", how="left").sort("area_code", "household_no", "month", "state")
        info = self._info(proof, rows)
        return {
            "release_info": info,
            "release_list": self.lists,
            "release_setting": self.setting,
            "release_figure": figures,
            "release_step": steps_of_figures,
            "release_total": _totals(self.was, self.now),
            "release_count": _counted(rows, self.now["areas"]),
            "release_difference": rows,
        }

    def _info(self, proof: str, rows: pl.DataFrame) -> pl.DataFrame:
        start, end = period_days(self.release.period)
        return pl.DataFrame(
            {
                "release": [self.release.name],
                "period": [self.release.period],
                "period_start": [start],
                "period_end": [end],
                "frozen_at": [self.release.frozen_at],
                "old_snapshot_id": [self.old.snapshot_id],
                "new_snapshot_id": [self.new.snapshot_id],
                "old_rules": [self.old.rules_version],
                "new_rules": [self.new.rules_version],
                "old_as_of": [dt.date.fromisoformat(self.old.as_of)],
                "new_as_of": [dt.date.fromisoformat(self.new.as_of)],
                "proof": [proof],
                "steps": [" → ".join(step.name for step in self.steps)],
                "households": [rows["household_key"].n_unique()],
            }
        )

    # -- by builds ----------------------------------------------------------------------------------------------------

    def _rebuilt(self, changed: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        """Each state with the step at which it changed, and each figure after each step."""
        self._check_rules()
        with tempfile.TemporaryDirectory(dir=self.settings.builds) as folder:
            built = [self._built(at, Path(folder)) for at in range(1, len(self.steps))]
        states = [self.was["states"], *(one["states"] for one in built), self.now["states"]]
        figures = [self.was["figures"], *(one["figures"] for one in built), self.now["figures"]]
        key = [*_KEY, "state"]
        moves = [
            _changed(before, after).select(*key, at=pl.lit(number))
            for number, (before, after) in enumerate(itertools.pairwise(states))
        ]
        reasons = pl.concat(moves).group_by(key).agg(pl.col("at").sort())
        told = self._named(changed.join(reasons, on=key, how="left"))
        after = [
            frame.with_columns(step_no=pl.lit(number), step=pl.lit(name)).select(list(_STEP_SCHEMA))
            for number, (name, frame) in enumerate(
                zip(["frozen", *(step.name for step in self.steps)], figures, strict=True)
            )
        ]
        return told.drop("at"), pl.concat(after)

    def _named(self, frame: pl.DataFrame) -> pl.DataFrame:
        found = [[self.steps[number] for number in at or []] for at in frame["at"].to_list()]
        kinds = [steps[0].kind if len({step.kind for step in steps}) == 1 else SEVERAL for steps in found]
        names = [PARTED.join(step.name for step in steps) for steps in found]
        return frame.with_columns(
            pl.Series("reason", kinds, dtype=pl.String), pl.Series("reasons", names, dtype=pl.String)
        )

    def _check_rules(self) -> None:
        """What is built now is built by the rules of now: the newer snapshot must be of them."""
        ours = self.now["inputs"].filter(pl.col("kind") == "rule").select("path", "sha256").sort("path")
        if not ours.equals(inputs_of_rules()):
            raise SnapshotError(
                f"release diff --explain: got snapshot {self.new.snapshot_id} of other rules than now, expected one of "
                "the rules of now. Run `kanhu build`, then compare again."
            )

    def _built(self, steps: int, folder: Path) -> dict[str, pl.DataFrame]:
        """The states and figures after the first `steps` steps."""
        done, ahead = self.steps[:steps], self.steps[steps:]
        self.say(f"building step {steps} of {len(self.steps) - 1}: {done[-1].name}")
        profile = self._profile({step.kind for step in done}, folder)
        old_ids, waiting = set(self.was["all_loads"]["load_id"]), {place for step in ahead for place in step.places}
        ids = old_ids | set(self.now["all_loads"]["load_id"])
        kept = [
            record
            for record in records(self.settings.landed)
            if record.load_id in ids
            and (
                record.load_id in old_ids
                or (record.extract, dt.date.fromisoformat(record.month), record.file_name) not in waiting
            )
        ]
        if lost := [record.file_name for record in kept if not has_rows(record, self.settings.landed)]:
            raise SnapshotError(
                f"release diff --explain: got no landed rows of {', '.join(sorted(set(lost))[:5])}, expected all "
                "that the release was made from. Put the landed files back from a backup."
            )
        plan = plan_of(loads_frame(kept), profile, dt.date.fromisoformat(self.old.as_of))
        marts = build_privately(self.settings, plan, ("fct_household_month", "metric_values"))
        start, end = period_days(self.release.period)
        facts = marts["fct_household_month"].filter(pl.col("month").is_between(start, end))
        figures = marts["metric_values"].filter(pl.col("period") == self.release.period)
        return {"states": _states(facts), "figures": figures.select(*_FIGURE, *_COUNTS)}

    def _profile(self, done: set[str], folder: Path) -> Profile:
        """The profile and policy as they were, or as they are where that step is done."""
        place = Path(tempfile.mkdtemp(dir=folder))
        steps = {step.kind for step in self.steps}
        for kind in ("profile", "policy"):
            newer = kind in done or kind not in steps
            unpack((self.now if newer else self.was)["inputs"], place, kind)
        return load_profile(str(place), policy=place / POLICY_FILE)

    # -- by rows ------------------------------------------------------------------------------------------------------

    def _by_rows(self, changed: pl.DataFrame) -> pl.DataFrame:
        """Each state with the one list whose changed rows speak of the household; `several` where that is not told."""
        if any(step.kind in SETTINGS for step in self.steps):
            names = PARTED.join(step.name for step in self.steps)
            return changed.with_columns(reason=pl.lit(SEVERAL), reasons=pl.lit(names))
        self.say("looking at the rows of changed lists")
        touched = self._touched()
        joined = changed.join(touched, on="household_no", how="left").with_columns(
            speaks=pl.col("from_month").is_null().not_() & (pl.col("from_month") <= pl.col("month"))
        )
        arrivals = [step for step in self.steps if self._speaks_of_all(step)]
        key = [*_KEY, "state"]
        grouped = joined.group_by(key).agg(pl.col("step").filter(pl.col("speaks")).unique().sort().alias("named"))
        frame = changed.join(grouped, on=key, how="left")
        found = [sorted({*(named or []), *(step.name for step in arrivals)}) for named in frame["named"].to_list()]
        everything = [step.name for step in self.steps]
        kinds = [names[0].split(":")[0] if len(names) == 1 else SEVERAL for names in found]
        return frame.drop("named").with_columns(
            pl.Series("reason", kinds, dtype=pl.String),
            pl.Series("reasons", [PARTED.join(names or everything) for names in found], dtype=pl.String),
        )

    def _speaks_of_all(self, step: Step) -> bool:
        """Whether a whole list came for the first time or is gone: it speaks of all, by what it leaves out."""
        was, now = (set(side["loads"]["extract"]) for side in (self.was, self.now))
        whole = {extract for extract, *_ in step.places if load_contracts()[extract].kind != "warning"}
        return step.kind in LISTS and any((extract in was) != (extract in now) for extract in whole)

    def _touched(self) -> pl.DataFrame:
        """The households whose rows differ, per step. Returns: household_no, step, from_month."""
        parts = [self._touched_by(step) for step in self.steps if step.places]
        return pl.concat([pl.DataFrame(schema=_TOUCHED_SCHEMA), *parts])

    def _touched_by(self, step: Step) -> pl.DataFrame:
        found = []
        for extract, month, file_name in sorted(step.places):
            before = self._landed(self.was["loads"], extract, month, file_name)
            after = self._landed(self.now["loads"], extract, month, file_name)
            contract = load_contracts()[extract]
            if before is None and contract.kind != "warning":
                # A whole list takes the place of the newest one before it.
                earlier = self.was["loads"].filter((pl.col("extract") == extract) & (pl.col("month") < month))
                newest = earlier.filter(pl.col("month") == earlier["month"].max())
                frames = [self._landed(newest, *place) for place in newest.select(_PLACE).iter_rows()]
                before = pl.concat([frame for frame in frames if frame is not None]) if newest.height else None
            # The newest roster and ledgers speak of earlier months too.
            since = dt.date.min if extract == "household_roster" or contract.kind == "ledger" else month
            for one, against, side in ((after, before, self.now), (before, after, self.was)):
                if one is not None:
                    found.append(_households(_differing(one, against), side["source_rows"], since, step.name))
        return pl.concat([pl.DataFrame(schema=_TOUCHED_SCHEMA), *found]).unique()

    def _landed(self, loads: pl.DataFrame, extract: str, month: dt.date, file_name: str) -> pl.DataFrame | None:
        wanted = (pl.col("extract") == extract) & (pl.col("month") == month) & (pl.col("file_name") == file_name)
        load_ids = loads.filter(wanted)["load_id"].to_list()
        files = [self.settings.landed / extract / f"{month:%Y-%m}" / f"{load_id}.parquet" for load_id in load_ids]
        there = [pl.read_parquet(path) for path in files if path.is_file()]
        return pl.concat(there) if there else None


_ROW: Final = (
    "month", "household_key", "household_no", "area_code", "state", "old_value", "new_value", "reason", "reasons",
)  # fmt: skip
_STEP_SCHEMA: Final = {
    "metric": pl.String, "scope": pl.String, "scope_code": pl.String, "step_no": pl.Int32, "step": pl.String,
    "numerator": pl.Int64, "denominator": pl.Int64, "unknown": pl.Int64, "value": pl.Float64, "state": pl.String,
}  # fmt: skip
_TOUCHED_SCHEMA: Final = {"household_no": pl.String, "step": pl.String, "from_month": pl.Date}


_INPUTS: Final = {
    "loads": "select * from meta_load where is_winning",
    "parameters": "select parameter, valid_from, value, unit, source from meta_parameter",
    "inputs": f"select kind, path, sha256, text from {INPUTS}",
}


def _read(path: Path, period: str) -> dict[str, pl.DataFrame]:
    start, end = period_days(period)
    within = f"between date '{start}' and date '{end}'"
    found = read_marts(
        path,
        {
            "facts": f"select * from fct_household_month where month {within}",
            "figures": f"select {', '.join((*_FIGURE, *_COUNTS))} from metric_values where period = '{period}'",
            "all_loads": "select * from meta_load",
            **_INPUTS,
            "areas": "select area_code, parent_code, is_unit from dim_area",
            "heads": "select household_key, head_name from dim_household",
            "source_rows": "select load_id, row_no, household_no from fct_source_row join dim_household "
            "using (household_key)",
        },
    )
    return found | {"states": _states(found["facts"])}


def _states(facts: pl.DataFrame) -> pl.DataFrame:
    """One row per household, month and state: month, household_key, household_no, area_code, state, value (text)."""
    held = [state for state in STATES if state in facts.columns]
    texts = [
        pl.col(state).cast(pl.String).fill_null(NOTHING if "_type_" in state else UNKNOWN).alias(state)
        for state in held
    ]
    wide = facts.select(*_KEY, "household_no", "area_code", pl.lit(PRESENT).alias(HOUSEHOLD), *texts)
    return wide.unpivot([HOUSEHOLD, *held], index=[*_KEY, "household_no", "area_code"], variable_name="state")


def _changed(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """The states that differ. Of a household that came or went, that alone and what it brings beside no and none."""
    both = set(before["state"].unique()) & set(after["state"].unique()) | {HOUSEHOLD}
    key = [*_KEY, "state"]
    one, two = (frame.filter(pl.col("state").is_in(both)) for frame in (before, after))
    joined = one.join(two, on=key, how="full", coalesce=True, suffix="_new")
    told = joined.select(
        *key,
        household_no=pl.coalesce("household_no_new", "household_no"),
        area_code=pl.coalesce("area_code_new", "area_code"),
        old_value=pl.col("value").fill_null(ABSENT),
        new_value=pl.col("value_new").fill_null(ABSENT),
    ).filter(pl.col("old_value") != pl.col("new_value"))
    empty = pl.col("old_value", "new_value").is_in(["false", NOTHING, UNKNOWN, ABSENT])
    came_or_went = pl.any_horizontal(pl.col("old_value", "new_value") == ABSENT)
    return told.filter(~(came_or_went & pl.all_horizontal(empty)))


def _figures(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """Every figure of the period, old and new, also those that are equal."""
    names = {name: f"old_{name}" for name in _COUNTS}, {name: f"new_{name}" for name in _COUNTS}
    joined = before.rename(names[0]).join(after.rename(names[1]), on=_FIGURE, how="full", coalesce=True)
    same = pl.all_horizontal(pl.col(f"old_{name}").eq_missing(pl.col(f"new_{name}")) for name in _COUNTS)
    return joined.with_columns(is_changed=~same).sort(_FIGURE)


def _lists(was: pl.DataFrame, now: pl.DataFrame, period: str, old: Side) -> pl.DataFrame:
    """The loads in force that differ. One row per file: extract, owner, month, file_name, kind, load_id, received_on,
    loaded_at, replaced_load_id, is_backdated (received by the manifest before the freeze, imported after it)."""
    facts = ["load_id", "sha256", "received_on", "loaded_at"]
    new, earlier = (frame.select(*_PLACE, "owner", *facts) for frame in (now, was))
    joined = new.join(earlier, on=_PLACE, how="full", coalesce=True, suffix="_old").filter(
        pl.col("load_id").ne_missing(pl.col("load_id_old"))
    )
    end = period_days(period)[1]
    kind = (
        pl.when(pl.col("load_id").is_null()).then(pl.lit("gone"))
        .when(pl.col("load_id_old").is_null() & (pl.col("month") > end)).then(pl.lit("later"))
        .when(pl.col("load_id_old").is_null()).then(pl.lit("late"))
        .when(pl.col("sha256") == pl.col("sha256_old")).then(pl.lit("reread"))
        .otherwise(pl.lit("correction"))
    )  # fmt: skip
    backdated = (pl.col("received_on") <= dt.date.fromisoformat(old.as_of)) & (pl.col("loaded_at") > old.built_at)
    return joined.select(
        "extract",
        pl.coalesce("owner", "owner_old").alias("owner"),
        "month",
        "file_name",
        kind.alias("kind"),
        "load_id",
        "received_on",
        "loaded_at",
        pl.col("load_id_old").alias("replaced_load_id"),
        backdated.fill_null(False).alias("is_backdated"),
    ).sort("month", "extract", "file_name")


def _settings(was: Mapping[str, pl.DataFrame], now: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What differs beside the lists. One row per file or value: kind (rule, profile, policy), name, valid_from,
    old_value, new_value (null: not there; of a file new_value says added, removed or changed)."""
    files = was["inputs"].join(now["inputs"], on=["kind", "path"], how="full", coalesce=True, suffix="_new")
    differing = files.filter(
        pl.col("kind").is_in(["rule", "profile"]), pl.col("sha256").ne_missing(pl.col("sha256_new"))
    )
    states = (
        pl.when(pl.col("sha256").is_null()).then(pl.lit("added"))
        .when(pl.col("sha256_new").is_null()).then(pl.lit("removed"))
        .otherwise(pl.lit("changed"))
    )  # fmt: skip
    of_files = differing.select(
        "kind",
        pl.col("path").alias("name"),
        pl.lit(None, pl.Date).alias("valid_from"),
        pl.lit(None, pl.String).alias("old_value"),
        states.alias("new_value"),
    )
    key = ["parameter", "valid_from"]
    values = was["parameters"].join(now["parameters"], on=key, how="full", coalesce=True, suffix="_new")
    moved = pl.any_horizontal(
        pl.col(name).ne_missing(pl.col(f"{name}_new")) for name in ("value", "unit")
    )  # its source and note do not enter a rule
    of_policy = values.filter(moved).select(
        pl.lit("policy").alias("kind"),
        pl.col("parameter").alias("name"),
        "valid_from",
        pl.col("value").alias("old_value"),
        pl.col("value_new").alias("new_value"),
    )
    return pl.concat([of_files, of_policy]).sort("kind", "name", "valid_from")


def _steps(lists: pl.DataFrame, setting: pl.DataFrame, *, moved_on: bool) -> list[Step]:
    """The differences in the order they are taken in: settings, then lists of the period, then what came after."""
    kinds = set(setting["kind"])
    steps = [Step(kind) for kind in SETTINGS if kind in kinds]
    of_period = lists.filter(pl.col("kind").is_in(LISTS))
    later = _places(lists.filter(pl.col("kind") == "later"))
    grouped = [
        Step(str(kind), str(extract), _places(part))
        for (kind, extract), part in sorted(of_period.partition_by("kind", "extract", as_dict=True).items(), key=_order)
    ]
    if len(grouped) > MOST_STEPS:
        merged = of_period.partition_by("kind", as_dict=True)
        grouped = [Step(kind, None, _places(merged[kind,])) for kind in LISTS if (kind,) in merged]
    tail = [Step("later", None, later)] if later or moved_on else []
    return [*steps, *grouped, *tail]


def _order(item: tuple[tuple[object, ...], pl.DataFrame]) -> tuple[int, str]:
    (kind, extract), _ = item
    return LISTS.index(str(kind)), str(extract)


def _places(part: pl.DataFrame) -> frozenset[tuple[str, dt.date, str]]:
    return frozenset(part.select(_PLACE).iter_rows())


def _differing(one: pl.DataFrame, against: pl.DataFrame | None) -> pl.DataFrame:
    """The rows of one list that the other does not hold, by what they say."""
    if against is None:
        return one
    said = [name for name in one.columns if name not in LINEAGE and name in against.columns]
    return one.join(against, on=said, how="anti", nulls_equal=True)


def _households(rows: pl.DataFrame, source_rows: pl.DataFrame, since: dt.date, step: str) -> pl.DataFrame:
    """The households of these rows: by their number where they carry it, else as they were linked."""
    linked = rows.select("load_id", pl.col("row_no").cast(pl.Int64)).join(source_rows, on=["load_id", "row_no"])
    numbers = [linked["household_no"], *([rows["household_no"]] if "household_no" in rows.columns else [])]
    found = pl.concat(numbers).drop_nulls().unique()
    return pl.DataFrame({"household_no": found}).with_columns(
        step=pl.lit(step), from_month=pl.lit(since, dtype=pl.Date)
    )


def _totals(was: Mapping[str, pl.DataFrame], now: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Households by state. One row per area (and the whole), month, state and value: old_households, new_households."""
    key = ["scope", "area_code", "month", "state", "value"]
    one, two = (_by_area(side["states"].filter(pl.col("value") != "false"), now["areas"]) for side in (was, now))
    counts = [
        frame.group_by(key).agg(pl.len().cast(pl.Int64).alias(name))
        for frame, name in ((one, "old_households"), (two, "new_households"))
    ]
    joined = counts[0].join(counts[1], on=key, how="full", coalesce=True)
    return joined.with_columns(pl.col("old_households", "new_households").fill_null(0)).sort(key)


def _counted(rows: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """Households that came into a state or left it. One row per area (and the whole), month, state, value and reason:
    gained, lost."""
    key = ["scope", "area_code", "month", "state", "value", "reason"]
    moves = [
        rows.select("month", "area_code", "state", "reason", pl.col(column).alias("value"), move=pl.lit(move))
        for column, move in (("new_value", 1), ("old_value", -1))
    ]
    placed = _by_area(pl.concat(moves).filter(~pl.col("value").is_in(["false", ABSENT])), areas)
    return (
        placed.group_by(key)
        .agg(
            (pl.col("move") == 1).sum().cast(pl.Int64).alias("gained"),
            (pl.col("move") == -1).sum().cast(pl.Int64).alias("lost"),
        )
        .sort(key)
    )


def _by_area(rows: pl.DataFrame, areas: pl.DataFrame) -> pl.DataFrame:
    """The rows once for each area they lie in, the whole place included: with `scope` and the code of that area."""
    parents = dict(areas.select("area_code", "parent_code").iter_rows())
    above: list[tuple[str, str, str]] = []
    for unit in areas.filter("is_unit")["area_code"]:
        code: str | None = unit
        while code is not None:
            above.append((unit, code, "area" if parents.get(code) else "profile"))
            code = parents.get(code)
    lies_in = pl.DataFrame(above, schema=dict.fromkeys(("unit", "in_area", "scope"), pl.String), orient="row")
    joined = rows.join(lies_in, left_on="area_code", right_on="unit", how="left")
    return joined.with_columns(area_code=pl.col("in_area")).drop("in_area")
