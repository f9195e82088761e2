-- What is to be done in one village, and by when? One row per household (or village issue) and thing to do.
with info as (
    select as_of from meta_snapshot
),

flags as (
    select *
    from fct_household_month
    where month = $month and area_code = $area
),

spells as (
    select *
    from fct_identification
    where area_code = $area
),

items as (
    select 'warning' as kind, warnings.household_key, warnings.extract as what, warnings.pushed_on as since, warnings.due_on
    from fct_warning as warnings
    where warnings.area_code = $area and warnings.verified_on is null and warnings.state <> 'impossible'
    union all
    select 'check', household_key, channel, discovered_on, check_due_on
    from spells
    where check_state in ('open', 'overdue')
    union all
    select 'review', household_key, null, verified_on, review_due_on
    from spells
    where review_state in ('open', 'overdue')
    union all
    select 'identify', household_key, null, discovered_on, identify_due_on
    from spells
    where identify_state in ('open', 'overdue')
    union all
    select 'plan', household_key, null, approved_on, plan_due_on
    from spells
    where plan_state in ('open', 'overdue') and eliminated_on is null
    union all
    select 'contact', household_key, null, approved_on, null
    from spells
    where is_active and not has_contact
    union all
    select 'eliminate', household_key, null, approved_on, null
    from spells
    where is_active and ready_to_eliminate
    union all
    select 'measure', household_key, category, null, due_on
    from fct_measure
    where area_code = $area and state in ('open', 'overdue')
    union all
    select 'issue', household_key, category, found_on, due_on
    from fct_issue
    where area_code = $area and state in ('open', 'overdue')
    union all
    select 'issue_failed', household_key, category, lookback_on, due_on
    from fct_issue
    where area_code = $area and state = 'failed'
    union all
    select 'dropped', household_key, null, null, null from flags where dropped
    union all
    select 'suspected_missed', household_key, tier_eligible, null, null from flags where suspected_missed
    union all
    select 'household_missed', household_key, null, null, null from flags where household_missed
    union all
    select 'single_cover_missed', household_key, null, null, null from flags where single_cover_missed
    union all
    select 'suspected_unmonitored', household_key, monitored_type_eligible, null, null
    from flags
    where suspected_unmonitored
    union all
    select 'suspected_ineligible', household_key, tier_registered, null, null from flags where suspected_ineligible
    union all
    select 'dead_or_moved_active', household_key, null, null, null from flags where dead_or_moved_active
    union all
    select 'double_registered', household_key, null, null, null from flags where double_registered
    union all
    select 'disability_subsidy_gap', household_key, null, null, null from flags where disability_subsidy_gap
    union all
    select 'no_check', household_key, null, null, null from flags where no_check
    union all
    select
        'gradual_exit',
        household_key,
        null,
        null,
        last_day(cast($month as date) + to_months(cast(gradual_exit_months_left - 1 as integer)))
    from flags
    where gradual_exit and gradual_exit_months_left <= 2
    union all
    select 'potential_target', household_key, null, null, null from flags where potential_target
    union all
    select 'income_unknown', household_key, null, null, null from flags where not income_known
    union all
    select 'lookback', household_key, category, rectified_on, null
    from fct_issue
    where area_code = $area and state = 'rectified'
    union all
    select 'referral', household_key, need, accepted_on, due_on
    from fct_referral
    where area_code = $area and state in ('open', 'overdue', 'unknown')
    union all
    select 'service_need', household_key, need, registered_on, null
    from fct_service_need
    where area_code = $area and state in ('open', 'assigned')
    union all
    select
        'care_visit',
        household_key,
        case when is_tekun then 'tekun' else 'left_behind' end,
        last_visit_on,
        last_visit_on + cast(limit_days as integer)
    from fct_care_visit
    where month = $month and area_code = $area and state in ('overdue', 'never')
    union all
    select 'agreement', household_key, null, null, null
    from fct_care_visit
    where month = $month and area_code = $area and is_home_care and not has_agreement
    union all
    select 'after_help', household_key, reason, paid_on, null
    from fct_temporary_assistance
    where area_code = $area and state = 'waiting'
    union all
    select 'child_subsidy', household_key, because, null, null
    from fct_subsidy
    where month = $month and area_code = $area and kind = 'child' and is_gap
    union all
    select 'need', household_key, cause, null, null
    from fct_need_month
    where month = $month and area_code = $area and state = 'none'
    union all
    -- Those whose reason is a gap of its own stand there; those that need nobody are no work.
    select 'difference', household_key, reason, since_month, null
    from fct_register_difference
    where
        month = $month
        and area_code = $area
        and is_to_resolve
        and reason in ('type_not_lifted', 'type_is_lifted', 'held_without_cover', 'eliminated_at_risk')
    union all
    select 'hold', household_key, null, approved_on, null
    from spells
    where should_be_held and not is_held
    union all
    select 'survey_form', household_key, cast(round as varchar), visited_on, null
    from fct_survey_visit
    where area_code = $area and is_visited and not form_done and year = (select year(as_of) from info)
    union all
    -- Those that stand in this list under another name are not told twice.
    select distinct 'finding', household_key, rule, first_seen_month, null
    from fct_finding
    where
        month = $month
        and area_code = $area
        and rule not in ('monitored_no_income', 'monitored_no_contact', 'monitored_no_plan')
)

select
    items.kind,
    items.what,
    dim_extract.title,
    dim_extract.title_en,
    items.household_key,
    dim_household.household_no,
    dim_household.head_name,
    items.since,
    items.due_on,
    date_diff('day', items.due_on, info.as_of) as days_over
from items
cross join info
left join dim_household on items.household_key = dim_household.household_key
left join dim_extract on items.kind = 'warning' and items.what = dim_extract.extract
order by items.due_on nulls last, items.kind, dim_household.household_no nulls last, items.what
