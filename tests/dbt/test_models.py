"""The warehouse tells what it is made of: every model says what it holds, every mart of the design is there."""

from __future__ import annotations

import contextlib

import duckdb

from tests.conftest import Town

MARTS = {
    # 04-warehouse: names and columns that outside checks rely on
    "dim_area": "area_code name level parent_code division_code tile_row tile_col",
    "dim_department": "department_code name",
    "dim_extract": "extract title owner",
    "dim_household": "household_key household_no area_code head_name",
    "dim_person": "person_key household_key name id_masked birth_on sex",
    "fct_household_month": "month household_key household_no area_code members household_size income_known net_income "
    "income_per_head dibao_income_per_head rigid_expense rigid_ratio monitoring_line dibao_standard_year below_line "
    "dibao_income edge_income rigid_income rigid_spend assets_ok all_dependent asset_conflicts tier_eligible "
    "tier_registered monitored_type_eligible monitored_type_registered suspected_missed suspected_unmonitored "
    "suspected_ineligible gradual_exit single_cover_missed household_missed dropped dead_or_moved_active "
    "double_registered potential_target no_check disability_subsidy_gap watch_population risk_causes risk_level "
    "gradual_exit_months_left findings",
    "fct_person_month": "month person_key household_key age disability_grade registers_active single_cover_candidate "
    "single_cover_missed dead_or_moved_active double_registered disability_subsidy_gap",
    "fct_warning": "month household_key extract cause pushed_on verified_on result days state",
    "fct_identification": "household_key channel monitored_type causes eliminated_on elimination_faults",
    "fct_measure": "household_key category due_on done_on state",
    "fct_referral": "household_key need accepted_on forwarded_on forwarded_to completed_on state days",
    "fct_service_need": "person_key need registered_on provider met_on state days",
    "fct_meeting_action": "met_on kind action responsible_unit due_on done_on state",
    "fct_training": "held_on topic attendees",
    "fct_application": "household_key kind applied_on checked_on decided_on state days",
    "fct_care_visit": "month person_key has_agreement last_visit_on state",
    "fct_subsidy": "month person_key kind is_entitled paid standard state",
    "fct_temporary_assistance": "household_key paid_on amount state",
    "fct_register_difference": "month household_key kind reason department_code",
    "fct_survey_visit": "household_key year round visited_on",
    "fct_inspection": "year area_code kind inspected_on",
    "fct_issue": "issue_no area_code category found_on due_on rectified_on state age_days",
    "fct_push": "month extract owner due_on received_on state rows_read rows_accepted rows_quarantined rows_repaired "
    "rows_linked",
    "fct_transition": "month household_key tier_eligible_before tier_eligible_after risk_level_before risk_level_after",
    "quarantine": "month extract load_id row_no column_name rule shown",
    "metric_values": "metric scope scope_code period numerator denominator value low high target state",
    "agg_area_month": "month area_code households",
    "agg_area_cause_month": "month area_code cause",
    "agg_department_month": "month",
    "meta_snapshot": "snapshot_id built_at profile rules_version",
    "meta_load": "load_id extract month",
    "meta_model": "model compiled_sql reads",
    "meta_parameter": "parameter value valid_from source",
}


def test_every_mart_of_the_design_holds_its_columns(town: Town) -> None:
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
        found = dict(
            con.execute("select table_name, list(column_name) from duckdb_columns() group by table_name").fetchall()
        )
    for mart, columns in MARTS.items():
        assert set(columns.split()) <= set(found.get(mart, [])), mart


def test_every_model_says_what_it_holds_and_how_it_ran(town: Town) -> None:
    with contextlib.closing(duckdb.connect(str(town.database), read_only=True)) as con:
        silent = con.execute(
            "select model from meta_model where description = '' or compiled_sql = '' order by 1"
        ).fetchall()
        assert con.execute("select count(*) > 90 from meta_model").fetchone() == (True,)
    assert silent == []
