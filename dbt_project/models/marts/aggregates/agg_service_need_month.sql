{% set last = 'without_provider_at_end' %}
{% set counts = {
    'registered': 'needs.since_on between months.month and months.month_end',
    'met': 'needs.met_on between months.month and months.month_end',
    'open_at_end': 'needs.since_on <= months.month_end and (needs.met_on is null or needs.met_on > months.month_end)',
    'without_provider_at_end': 'needs.since_on <= months.month_end
            and (needs.met_on is null or needs.met_on > months.month_end) and needs.provider is null',
} %}
with

scopes as ({{ village_and_profile() }}),
months as (select month, month_end from {{ source('landed', 'months') }}),

-- A need whose day of registration is not written counts from the ledger's month on.
needs as (
    select
        *,
        coalesce(registered_on, list_month) as since_on
    from {{ ref('fct_service_need') }}
    where state <> 'impossible'
),

by_village as (
    select
        months.month,
        needs.area_code,
        needs.need,
        {% for name, condition in counts.items() if name != last %}
        count(case when {{ condition }} then 1 end) as {{ name }},
        {% endfor %}
        count(case when {{ counts[last] }} then 1 end) as {{ last }}
    from months
    inner join needs on months.month_end >= needs.since_on
    group by months.month, needs.area_code, needs.need
),

scoped as ({{ with_profile_rows('by_village') }}),

summed as (
    select
        month,
        scope_code,
        need,
        {% for name in counts if name != last %}
        sum({{ name }}) as {{ name }},
        {% endfor %}
        sum({{ last }}) as {{ last }}
    from scoped
    group by month, scope_code, need
)

select
    cast(summed.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(summed.need as string) as need,
    {% for name in counts if name != last %}
    cast(summed.{{ name }} as bigint) as {{ name }},
    {% endfor %}
    cast(summed.{{ last }} as bigint) as {{ last }}
from summed
inner join scopes on summed.scope_code = scopes.area_code
where summed.registered + summed.met + summed.open_at_end > 0
order by month, scope, area_code, need
