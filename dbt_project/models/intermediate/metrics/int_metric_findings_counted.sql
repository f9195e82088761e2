-- Findings (BX-8, YL-6): households with any in the month; findings put right by the month in which they were due, those
-- still open counted as not; findings that came back within the window after they were gone. What stood already in the
-- first month of the data has no first day and is not in the cohorts.
with

months as (select * from {{ source('landed', 'months') }}),
parameters as (select * from {{ ref('int_parameters_by_month') }}),
households as (select * from {{ ref('fct_household_month') }}),

spells as (
    select
        findings.area_code,
        findings.owner,
        findings.extract,
        findings.first_seen_month,
        findings.cleared_month,
        spells.next_seen_month,
        parameters.finding_due_months,
        parameters.repeat_window_months,
        {{ month_index('findings.first_seen_month') }} as first_seen_index,
        {{ month_index('findings.cleared_month') }} as cleared_index,
        {{ month_index('spells.next_seen_month') }} as next_seen_index
    from {{ ref('fct_finding') }} as findings
    inner join {{ ref('int_finding_spells') }} as spells on findings.finding_key = spells.finding_key
    inner join parameters on findings.first_seen_month = parameters.month
    where findings.month = findings.last_seen_month
),

due as (
    select
        spells.*,
        months.month as due_month,
        coalesce(spells.cleared_index <= months.month_index, false) as is_cleared_in_time
    from spells
    inner join {{ source('landed', 'build_info') }} as info on spells.first_seen_month > info.first_month
    inner join months on spells.first_seen_index + spells.finding_due_months = months.month_index
),

cleared as (
    select
        *,
        coalesce(next_seen_index - cleared_index < repeat_window_months, false) as is_back
    from spells
    where cleared_month is not null
)

{{ count_metric('finding_rate', 'households', 'month', 'true', 'findings > 0', members='members') }}
union all
{{ count_metric(
    'finding_days', 'due', 'due_month', 'true', 'is_cleared_in_time', department='owner', list='extract'
) }}
union all
{{ count_metric(
    'finding_recurrence', 'cleared', 'cleared_month', 'repeat_window_months is not null', 'is_back',
    'repeat_window_months is null', department='owner', list='extract'
) }}
