with

scopes as ({{ village_and_profile() }}),

by_village as (
    select
        {{ month_of('due_on') }} as month,
        step,
        area_code,
        count(case when state in ('within', 'over', 'overdue', 'skipped') and due_on <= as_of then 1 end) as due,
        count(case when state = 'within' and due_on <= as_of then 1 end) as in_time,
        count(case when state = 'over' and due_on <= as_of then 1 end) as late,
        count(case when state in ('overdue', 'skipped') and due_on <= as_of then 1 end) as never_done,
        count(case when state in ('open', 'within') and due_on > as_of then 1 end) as not_due,
        count(case when state in ('green', 'impossible', 'unknown') then 1 end) as not_counted
    from {{ ref('int_steps_timed') }}
    where due_on is not null
    group by {{ month_of('due_on') }}, step, area_code
),

summed as (
    select
        month,
        step,
        scope_code,
        {% for name in ['due', 'in_time', 'late', 'never_done', 'not_due'] %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        sum(not_counted) as not_counted
    from ({{ with_profile_rows('by_village') }}) as by_scope
    group by month, step, scope_code
)

select
    cast(summed.month as date) as month,
    cast(summed.step as string) as step,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    {% for name in ['due', 'in_time', 'late', 'never_done', 'not_due'] %}
    cast(summed.{{ name }} as bigint) as {{ name }},
    {% endfor %}
    cast(summed.not_counted as bigint) as not_counted
from summed
inner join scopes on summed.scope_code = scopes.area_code
order by month, step, scope, area_code
