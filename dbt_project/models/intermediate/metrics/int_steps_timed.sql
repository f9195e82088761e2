-- Every step with a limit, once: when it began, ended and fell due, and its state (03-rules "Time limits"); checks of
-- warnings, the steps of identification, referrals, rectification, measures and meeting actions.
with

today as (select as_of from {{ source('landed', 'build_info') }}),
spells as (select * from {{ ref('fct_identification') }}),

steps as (
    select
        'check_warning' as step,
        area_code,
        pushed_on as started_on,
        verified_on as ended_on,
        due_on,
        state
    from {{ ref('fct_warning') }}
    union all
    select
        timed.step,
        spells.area_code,
        timed.started_on,
        timed.ended_on,
        -- A publicity is due when it ends: it must have lasted long enough by then.
        case when timed.step in ('publicity', 'exit_publicity') then timed.ended_on else timed.due_on end as due_on,
        case when timed.state = 'short' then 'over' else timed.state end as state
    from {{ ref('int_identification_steps_timed') }} as timed
    inner join spells on timed.spell_key = spells.spell_key
    union all
    select
        'referral' as step,
        area_code,
        accepted_on as started_on,
        completed_on as ended_on,
        due_on,
        time_state as state
    from {{ ref('fct_referral') }}
    union all
    select
        'rectify' as step,
        area_code,
        found_on as started_on,
        rectified_on as ended_on,
        due_on,
        due_state as state
    from {{ ref('fct_issue') }}
    union all
    select
        'measure' as step,
        area_code,
        cast(null as date) as started_on,
        done_on as ended_on,
        due_on,
        state
    from {{ ref('fct_measure') }}
)

select
    cast(steps.step as string) as step,
    cast(steps.area_code as string) as area_code,
    cast(steps.started_on as date) as started_on,
    cast(steps.ended_on as date) as ended_on,
    cast(steps.due_on as date) as due_on,
    cast(steps.state as string) as state,
    cast(today.as_of as date) as as_of
from steps
cross join today
where steps.state is not null
