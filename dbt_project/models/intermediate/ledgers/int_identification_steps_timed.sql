-- Every step of each monitored spell with its days, limit and state.
-- Per step: first day, last day, what comes later, the parameter of its limit (03-rules "Time limits").
{% set steps = [
    ('check', 'discovered_on', 'verified_on',
        'reviewed_on, publicity_from, publicity_to, town_audited_on, approved_on, plan_on, eliminated_on',
        "case when channel = '干部排查' then 'check_days_cadre' else 'check_days' end"),
    ('review', 'verified_on', 'reviewed_on',
        'publicity_from, publicity_to, town_audited_on, approved_on, plan_on, eliminated_on', "'review_days'"),
    ('publicity', 'publicity_from', 'publicity_to', 'approved_on, plan_on, eliminated_on', "'publicity_days'"),
    ('identify', 'discovered_on', 'approved_on', 'plan_on, entered_on, eliminated_on', "'identify_days'"),
    ('plan', 'approved_on', 'plan_on', 'eliminated_on, null', "'plan_days'"),
    ('exit_publicity', 'exit_publicity_from', 'exit_publicity_to', 'eliminated_on, null', "'exit_publicity_days'"),
] %}
with

spells as (select * from {{ ref('int_identification_spells') }}),
limits as (select * from {{ ref('int_limits_dated') }}),
days as (select * from {{ source('landed', 'days') }}),
today as (select as_of from {{ source('landed', 'build_info') }}),

steps as (
    {% for step, started_on, ended_on, later, parameter in steps %}
    select
        spell_key,
        is_green,
        '{{ step }}' as step,
        {{ started_on }} as started_on,
        {{ ended_on }} as ended_on,
        coalesce({{ later }}) is not null as has_later,
        {{ parameter }} as parameter
    from spells
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

limited as (
    select
        steps.*,
        limits.limit_value,
        limits.unit,
        today.as_of,
        started.working_day_no as started_no,
        ended.working_day_no as ended_no,
        due.day as working_due_on
    from steps
    left join limits
        on
            steps.parameter = limits.parameter
            and coalesce(steps.started_on, steps.ended_on) >= limits.valid_from
            and coalesce(steps.started_on, steps.ended_on) < limits.valid_before
    cross join today
    left join days as started on steps.started_on = started.day
    left join days as ended on coalesce(steps.ended_on, today.as_of) = ended.day
    left join days as due on started.working_day_no + limits.limit_value = due.working_day_no and due.is_working_day
),

counted as (
    select
        *,
        {{ days_in_unit('unit', 'started_on', 'coalesce(ended_on, as_of)', 'started_no', 'ended_no') }} as elapsed
    from limited
)

select
    cast(spell_key as string) as spell_key,
    cast(step as string) as step,
    cast(started_on as date) as started_on,
    cast(ended_on as date) as ended_on,
    cast(limit_value as bigint) as limit_days,
    cast(unit as string) as limit_unit,
    cast(
        case when unit = 'working_day' then working_due_on else started_on + cast(limit_value as integer) end as date
    ) as due_on,
    cast(case when ended_on is not null then elapsed end as bigint) as days,
    cast(
        case
            when step in ('publicity', 'exit_publicity')
                then {{ lasting_state('started_on', 'ended_on', 'has_later', 'limit_value', 'elapsed') }}
            else {{ step_state('started_on', 'ended_on', 'has_later', 'is_green', 'limit_value', 'elapsed') }}
        end as string
    ) as state,
    cast(coalesce(unit = 'working_day' and started_on is not null and elapsed is null, false) as boolean)
        as calendar_missing
from counted
