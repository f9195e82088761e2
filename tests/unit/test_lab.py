"""The policy lab: what holds now equals the warehouse, and a scenario equals a whole build with that policy."""

from __future__ import annotations

import contextlib
import shutil
from dataclasses import replace
from pathlib import Path

import duckdb
import polars as pl
import pytest

from tests.conftest import Town
from warehouse import lab
from warehouse.build import build_privately, plan_build
from warehouse.errors import AccessDeniedError
from warehouse.lab_inputs import KEPT, PARAMETERS, TARGETS, cut, models_of, parameters_of_cut, table_of
from warehouse.lab_leads import at_limits, leads
from warehouse.lab_outcome import FLAGS
from warehouse.policy import KNOWN
from warehouse.scope import Role, Scope

# Every parameter of the lab at once, each far enough to move somebody.
SCENARIO = (
    ("business_kinds", "企业、个体工商户"),
    ("commercial_homes_allowed", "0"),
    ("dibao_standard", "900"),
    ("disposable_income_per_head", "26000"),
    ("edge_multiple", "1.8"),
    ("employment_cost_deduction", "150"),
    ("financial_assets_limit", "5000"),
    ("income_valid_months", "14"),
    ("monitoring_line", "9300"),
    ("rigid_ratio_min", "0.3"),
    ("vehicle_kinds", "三轮汽车、小型轿车"),
    ("watch_multiple", "2"),
)
# What a whole build changes beside the lab's columns: the record in force and its parts, what the parameters say, and
# the count of findings.
BESIDE = {
    *("income_period_start", "income_period_end", "income_load_id", "income_row_no", "wage_income", "employed_members"),
    *("business_net_income", "property_net_income", "transfer_net_income", "insurance_claims", "compliant_self_paid"),
    *("medical_expense", "education_expense", "other_rigid_expense", "employment_cost_deduction", "size_mismatch"),
    *("commercial_homes_allowed", "financial_assets_limit", "findings"),
    *("housing_safe", "water_safe", "schooling_secured", "medical_insured"),
}


@pytest.fixture(scope="module")
def rebuilt(hamlet: Town, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """fct_household_month of the newest month, built anew from the lists with the policy changed."""
    chosen = dict(SCENARIO)
    policy = tuple(
        replace(
            line,
            value=chosen[line.parameter],
            number=None if KNOWN[line.parameter][0] == "kinds" else float(chosen[line.parameter]),
        )
        if line.parameter in chosen
        else line
        for line in hamlet.profile.policy
    )
    settings = hamlet.settings.with_(data_dir=tmp_path_factory.mktemp("lab"))
    for read in (hamlet.settings.landed, hamlet.settings.keys):
        (settings.data_dir / read.name).symlink_to(read)
    plan = plan_build(settings, replace(hamlet.profile, policy=policy), None)
    return build_privately(settings, plan, ["fct_household_month"])["fct_household_month"]


def newest(town: Town) -> pl.DataFrame:
    return ask(town.database, "from fct_household_month where month = (select max(month) from fct_household_month)")


def ask(database: Path, sql: str) -> pl.DataFrame:
    with contextlib.closing(duckdb.connect(str(database), read_only=True)) as con:
        frame: pl.DataFrame = con.sql(sql).pl()
    return frame


def villages(database: Path) -> tuple[str, ...]:
    return tuple(ask(database, "select area_code from dim_area where is_unit order by 1")["area_code"])


def office(database: Path) -> Scope:
    return Scope(1, "office", Role.OFFICE, villages(database), households=True)


def same(left: pl.DataFrame, right: pl.DataFrame) -> set[str]:
    """The columns in which two frames of the same households differ."""
    assert left["household_key"].to_list() == right["household_key"].to_list()
    return {name for name in left.columns if not left[name].equals(right[name].cast(left[name].dtype), null_equal=True)}


def test_what_holds_now_equals_the_warehouse_in_every_household_and_column(town: Town) -> None:
    here = lab.household_months(town.database, villages(town.database), ())
    there = newest(town).sort("household_key").select(here.columns)
    assert here.height == there.height > 1_000
    assert same(here, there) == set()
    found = lab.outcome(town.database, office(town.database), villages(town.database), ())
    assert (found.differing, found.households) == (0, there.height)


def test_a_scenario_equals_a_whole_build_with_that_policy(hamlet: Town, rebuilt: pl.DataFrame) -> None:
    """The proof: every household, every column, all parameters changed at once."""
    here = lab.household_months(hamlet.database, villages(hamlet.database), SCENARIO)
    built = rebuilt.filter(pl.col("month") == pl.col("month").max()).sort("household_key")
    assert same(here, built.select(here.columns)) == set()
    # It is no empty proof: the scenario moves households in all of these.
    now = newest(hamlet).sort("household_key").select(here.columns)
    moved = same(here, now)
    assert {"tier_eligible", "monitored_type_eligible", "suspected_missed", "risk_level", "assets_ok"} <= moved
    assert {"below_line", "dibao_income", "edge_income", "rigid_income", "rigid_spend", "income_known"} <= moved


def test_what_the_lab_does_not_compute_no_parameter_of_the_lab_changes(hamlet: Town, rebuilt: pl.DataFrame) -> None:
    built = rebuilt.filter(pl.col("month") == pl.col("month").max()).sort("household_key")
    now = newest(hamlet).sort("household_key").select(built.columns)
    assert same(built, now) <= {*lab.COMPARED.values(), *BESIDE}


@pytest.mark.parametrize(("parameter", "value"), SCENARIO)
def test_each_parameter_alone_changes_some_household(hamlet: Town, parameter: str, value: str) -> None:
    """A parameter that moves nobody would be offered for nothing, and proved by nothing."""
    areas = villages(hamlet.database)
    now = lab.household_months(hamlet.database, areas, ())
    assert same(lab.household_months(hamlet.database, areas, ((parameter, value),)), now)


def test_the_parameters_are_those_that_the_cut_carries(hamlet: Town) -> None:
    assert set(lab.parameters(hamlet.database)) == {parameter for parameter, _ in SCENARIO}
    models = models_of(ask(hamlet.database, "select model, reads, compiled_sql from meta_model").iter_rows())
    # Windows that shape the registers, warnings and the past feed what is kept: they are not offered.
    windows = {"gradual_exit_months", "warning_active_months", "rejected_window_months", "left_dibao_window_months"}
    assert windows.isdisjoint(parameters_of_cut(models))
    run = [model.name for model in cut(models)]
    assert run[0] == PARAMETERS
    assert set(TARGETS) <= set(run)
    for number, model in enumerate(cut(models)):
        assert {name for name in model.reads if name in models and name not in KEPT} <= set(run[:number])


def test_what_is_kept_names_nobody(hamlet: Town) -> None:
    banned = {"name", "id_key", "id_masked", "household_no", "birth_on", "head_person_key", "load_id", "row_no"}
    people = set(ask(hamlet.database, "select person_key from dim_person")["person_key"])
    for relation in KEPT:
        frame = ask(hamlet.database, f"from {table_of(relation)}")
        assert banned.isdisjoint(frame.columns)
        if "person_key" in frame.columns:
            assert people.isdisjoint(frame["person_key"])


def test_rows_of_other_villages_are_never_loaded(town: Town) -> None:
    village = villages(town.database)[3]
    own = set(newest(town).filter(pl.col("area_code") == village)["household_key"])
    with lab._ran(town.database, (village,), ()) as con:
        tables = con.execute(
            "select schema_name || '.' || table_name from duckdb_columns() "
            "where database_name = 'build' and column_name = 'household_key'"
        ).fetchall()
        assert len(tables) > 15
        for (table,) in tables:
            keys = {key for (key,) in con.execute(f"select distinct household_key from build.{table}").fetchall()}
            assert keys <= own, table
    found = lab.outcome(town.database, office(town.database), (village,), ())
    assert (found.households, found.differing) == (len(own), 0)


def test_the_database_of_a_run_reads_nothing_else(town: Town, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n", encoding="utf-8")
    with lab.opened(town.database) as con:
        for sql in (
            f"select * from read_csv('{secret}')",
            f"attach '{town.database}' as again",
            f"copy (select 1) to '{tmp_path / 'out.csv'}'",
            "set enable_external_access = true",
            "drop table snapshot.main.meta_model",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(sql)


def test_nobody_goes_beyond_the_scope(town: Town) -> None:
    mine, other = villages(town.database)[:2]
    with pytest.raises(AccessDeniedError):
        lab.outcome(town.database, Scope(1, "o", Role.OFFICE, (mine,), households=True), (other,), ())
    with pytest.raises(AccessDeniedError):
        lab.outcome(town.database, Scope(1, "c", Role.CADRE, (mine,), households=True), (mine,), ())
    with pytest.raises(AccessDeniedError):
        leads(town.database, Scope(1, "a", Role.ADMINISTRATOR), ())
    scenario = (("dibao_standard", "900"),)
    seen = lab.outcome(town.database, office(town.database), villages(town.database), scenario)
    leader = Scope(2, "l", Role.LEADER, villages(town.database))
    told = lab.outcome(town.database, leader, villages(town.database), scenario)
    assert seen.changed.height > 0
    assert told.changed.height == 0
    assert told.tiers.equals(seen.tiers)


def test_a_household_exactly_at_the_new_line_is_not_below_it(town: Town) -> None:
    """BX-1: strictly under. One cent more, and it is."""
    row = newest(town).filter(pl.col("income_per_head") == pl.col("income_per_head").round(0), ~pl.col("below_line"))
    key, income = row.sort("income_per_head", "household_key").select("household_key", "income_per_head").row(0)
    for line, is_below in ((f"{income:.0f}", False), (f"{float(income) + 0.01:.2f}", True)):
        frame = lab.household_months(town.database, villages(town.database), (("monitoring_line", line),))
        assert frame.filter(pl.col("household_key") == key)["below_line"].item() is is_below


def test_counts_are_those_of_the_households(town: Town) -> None:
    """Counted again from the households before and after, by another way than the product's."""
    areas, scenario = villages(town.database), (("dibao_standard", "773"),)
    found = lab.outcome(town.database, office(town.database), areas, scenario)
    now, then = (lab.household_months(town.database, areas, chosen).to_dicts() for chosen in ((), scenario))
    both = list(zip(now, then, strict=True))
    passes = {"tekun", "dibao"}
    came = [b for a, b in both if a["tier_eligible"] not in passes | {"unknown"} and b["tier_eligible"] in passes]
    dibao = found.measures.filter(pl.col("measure") == "dibao").row(0, named=True)
    assert len(came) > 0
    assert (dibao["gained"], dibao["gained_people"]) == (len(came), sum(row["members"] for row in came))
    assert dibao["gained_registered"] == sum(row["tier_registered"] in passes for row in came)
    assert dibao["households_after"] == sum(row["tier_eligible"] in passes for row in then)
    assert found.villages.filter(pl.col("measure") == "dibao")["gained"].sum() == len(came)
    new = {flag: [b for a, b in both if b[flag] and not a[flag]] for flag in FLAGS}
    visits = dict(found.visits.group_by("flag").agg(pl.col("households").sum()).iter_rows())
    assert {flag: visits[flag] for flag in FLAGS} == {flag: len(rows) for flag, rows in new.items()}
    cost = sum(
        float(row["dibao_standard_year"] - row["dibao_income_per_head"]) * row["household_size"]
        for row in then
        if row["tier_eligible"] == "dibao"
    )
    told = found.cost.filter(pl.col("part") == "all")["after"].item()
    assert told == pytest.approx(cost, abs=1)
    line = found.lines.filter(pl.col("parameter") == "dibao_standard").row(0, named=True)
    incomes = [float(row["dibao_income_per_head"]) for row in then if row["dibao_income_per_head"] is not None]
    standard = 773 * 12
    assert line["value_after"] == standard
    assert line["under_after"] == sum(standard * 0.95 <= income < standard for income in incomes)
    assert line["over_after"] == sum(standard <= income <= standard * 1.05 for income in incomes)


def test_a_snapshot_whose_inputs_do_not_tell_its_households_is_not_used(town: Town, tmp_path: Path) -> None:
    """A planted fault: one amount of the kept inputs is another than the build saw."""
    damaged = tmp_path / "damaged.duckdb"
    shutil.copy(town.database, damaged)
    damaged.chmod(0o600)
    with contextlib.closing(duckdb.connect(str(damaged))) as con:
        key = con.execute(
            "select household_key from fct_household_month where income_known and not below_line "
            "and month = (select max(month) from fct_household_month) order by 1 limit 1"
        ).fetchall()[0][0]
        con.execute("update lab_income_records set net_income = -1 where household_key = ?", [key])
    assert lab.outcome(damaged, office(damaged), villages(damaged), ()).differing == 1


def test_a_snapshot_without_the_inputs_says_so(town: Town, tmp_path: Path) -> None:
    older = tmp_path / "older.duckdb"
    shutil.copy(town.database, older)
    older.chmod(0o600)
    with contextlib.closing(duckdb.connect(str(older))) as con:
        con.execute("drop table lab_income_records")
    with pytest.raises(lab.LabError, match="kanhu build"):
        lab.parameters(older)


def test_limits_on_a_list_count_what_they_would_have_sent(town: Town) -> None:
    """Only upwards: at the amount itself a lead is still sent, a yuan over it not."""
    found = leads(town.database, office(town.database), villages(town.database))
    own = found.leads.filter(pl.col("extract") == "high_medical_bills", pl.col("amount").is_not_null())
    warned = ask(town.database, "select count(*) as n from fct_warning where extract = 'high_medical_bills'")[
        "n"
    ].item()
    assert own.height == warned > 0
    amount = own["amount"].sort()[own.height // 2]
    least, at, over = at_limits(found, "high_medical_bills", [0.0, amount, amount + 1]).iter_rows(named=True)
    hits = own.filter("is_hit")
    assert least["sent"] == own.height
    assert (least["hits"], least["missed"], least["unforeseen"]) == (hits.height, 0, 0)
    assert at["sent"] == own.filter(pl.col("amount") >= amount).height
    assert over["sent"] == own.filter(pl.col("amount") > amount).height < at["sent"]
    assert over["missed"] == hits.filter(pl.col("amount") <= amount).height
    foreseen = ask(
        town.database,
        "select count(distinct i.spell_key) as n from fct_identification i inner join fct_warning w "
        "on i.household_key = w.household_key and w.pushed_on between i.approved_on - 90 and i.approved_on "
        "where w.extract = 'high_medical_bills' and i.approved_on - 90 >= (select min(month) from fct_warning)",
    )["n"].item()
    assert least["foreseen"] == foreseen
