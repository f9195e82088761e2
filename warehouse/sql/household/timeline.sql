-- What happened in a household, in order? One row per event; `until` where it lasted, `what` a code or words of the ledger.
with register_entries as (
    select *
    from fct_register_entry
    where household_key = $household
    qualify row_number() over (partition by register, person_key, admitted_on order by month desc, row_no desc) = 1
),

events as (
    select pushed_on as happened_on, cast(null as date) as until, 'warning' as kind, extract as what, cause as more
    from fct_warning
    where household_key = $household
    union all
    select verified_on, null, 'check', extract, result
    from fct_warning
    where household_key = $household and verified_on is not null
    union all
    select discovered_on, coalesce(eliminated_on, approved_on), 'monitored', monitored_type, causes
    from fct_identification
    where household_key = $household
    union all
    select plan_on, null, 'plan', null, null
    from fct_identification
    where household_key = $household and plan_on is not null
    union all
    select eliminated_on, null, 'eliminated', elimination_kind, elimination_faults
    from fct_identification
    where household_key = $household and eliminated_on is not null
    union all
    select applied_on, decided_on, 'application', kind, coalesce(result, state)
    from fct_application
    where household_key = $household
    union all
    select coalesce(done_on, due_on), null, 'measure', category, state
    from fct_measure
    where household_key = $household
    union all
    select visited_on, null, 'survey', cast(round as varchar), findings
    from fct_survey_visit
    where household_key = $household and visited_on is not null
    union all
    select found_on, coalesce(closed_on, rectified_on), 'issue', category, state
    from fct_issue
    where household_key = $household
    union all
    select lookback_on, null, 'lookback', category, lookback_result
    from fct_issue
    where household_key = $household and lookback_on is not null
    union all
    select accepted_on, completed_on, 'referral', need, state
    from fct_referral
    where household_key = $household
    union all
    select registered_on, met_on, 'service_need', need, provider
    from fct_service_need
    where household_key = $household
    union all
    select last_visit_on, null, 'care_visit', null, null
    from fct_care_visit
    where household_key = $household and last_visit_on is not null
    union all
    select paid_on, null, 'assistance', reason, state
    from fct_temporary_assistance
    where household_key = $household
    union all
    select gradual_exit_from, exited_on, 'gradual_exit', register, null
    from register_entries
    where gradual_exit_from is not null
    union all
    select admitted_on, exited_on, 'admitted', register, cover_mode
    from register_entries
    where admitted_on is not null
    union all
    select exited_on, null, 'exited', register, exit_reason
    from register_entries
    where exited_on is not null
)

select distinct happened_on, until, kind, what, more
from events
where happened_on is not null
order by happened_on desc, kind, what
