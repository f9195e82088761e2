{% set last = 'due_completed' %}
{% set counts = {
    'accepted': 'referrals.accepted_on between months.month and months.month_end',
    'forwarded': 'referrals.forwarded_on between months.month and months.month_end',
    'completed': 'referrals.completed_on between months.month and months.month_end',
    'open_at_end': 'referrals.accepted_on <= months.month_end
            and (referrals.completed_on is null or referrals.completed_on > months.month_end)',
    'overdue_at_end': 'referrals.due_on < months.month_end
            and (referrals.completed_on is null or referrals.completed_on > months.month_end)',
    'due': 'referrals.due_on between months.month and months.month_end',
    'due_completed': 'referrals.due_on between months.month and months.month_end
            and referrals.completed_on <= referrals.due_on',
} %}
with

scopes as ({{ village_and_profile() }}),
months as (select month, month_end from {{ source('landed', 'months') }}),
referrals as (select * from {{ ref('fct_referral') }} where state <> 'impossible'),

by_village as (
    select
        months.month,
        referrals.area_code,
        referrals.need,
        coalesce(referrals.department_code, 'none') as department_code,
        {% for name, condition in counts.items() if name != last %}
        count(case when {{ condition }} then 1 end) as {{ name }},
        {% endfor %}
        count(case when {{ counts[last] }} then 1 end) as {{ last }}
    from months
    inner join referrals on months.month_end >= referrals.accepted_on
    group by months.month, referrals.area_code, referrals.need, coalesce(referrals.department_code, 'none')
),

scoped as ({{ with_profile_rows('by_village') }}),

summed as (
    select
        month,
        scope_code,
        need,
        department_code,
        {% for name in counts if name != last %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        sum({{ last }}) as {{ last }}
    from scoped
    group by month, scope_code, need, department_code
)

select
    cast(summed.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(summed.need as string) as need,
    cast(summed.department_code as string) as department_code,
    {% for name in counts if name != last %}
    cast(summed.{{ name }} as bigint) as {{ name }},
    {% endfor %}
    cast(summed.{{ last }} as bigint) as {{ last }}
from summed
inner join scopes on summed.scope_code = scopes.area_code
where summed.accepted + summed.forwarded + summed.completed + summed.open_at_end + summed.due > 0
order by month, scope, area_code, need, department_code
