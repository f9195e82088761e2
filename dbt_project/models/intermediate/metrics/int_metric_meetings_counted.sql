-- What meetings settled and what became of it (YL-5a), and trainings held (DB-8).
with

months as (select * from {{ source('landed', 'months') }}),
parameters as (select * from {{ ref('int_parameters_by_month') }}),
today as (select as_of from {{ source('landed', 'build_info') }}),

actions as (
    select
        fct_meeting_action.*,
        today.as_of
    from {{ ref('fct_meeting_action') }} as fct_meeting_action
    cross join today
),

meetings as (select distinct kind, met_on from actions),

-- Actions open at the month's end, with the meetings of their kind that were held since.
carried as (
    select
        months.month,
        actions.action_key,
        actions.department_code,
        count(meetings.met_on) >= max(parameters.carried_meetings) as is_carried
    from months
    inner join parameters on months.month = parameters.month
    inner join actions
        on
            actions.met_on <= months.month_end
            and (actions.done_on is null or actions.done_on > months.month_end)
    left join meetings
        on actions.kind = meetings.kind and meetings.met_on > actions.met_on and meetings.met_on <= months.month_end
    group by months.month, actions.action_key, actions.department_code
),

-- A half-year is due when it has ended.
half_years as (
    select
        months.month,
        parameters.trainings_per_half_year,
        count(trainings.training_key) as trainings
    from months
    cross join today
    inner join parameters on months.month = parameters.month
    left join {{ ref('fct_training') }} as trainings
        on
            trainings.held_on <= months.month_end
            and {{ month_index('months.month') }} - {{ month_index('trainings.held_on') }} < 6
    where mod(cast(extract(month from months.month) as integer), 6) = 0 and months.month_end <= today.as_of
    group by months.month, parameters.trainings_per_half_year
)

{{ count_metric(
    'action_items_done', 'actions', month_of('due_on'), "state in ('within', 'over', 'overdue') and due_on <= as_of",
    "state = 'within'", area='null', department='department_code'
) }}
union all
{{ count_metric(
    'carried_actions', 'carried', 'month', 'is_carried is not null', 'is_carried', 'is_carried is null', area='null',
    department='department_code'
) }}
union all
{{ count_metric(
    'training_held', 'half_years', 'month', 'trainings_per_half_year > 0', 'trainings >= trainings_per_half_year',
    'trainings_per_half_year is null', area='null'
) }}
