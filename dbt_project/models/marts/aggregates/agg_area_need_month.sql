with

scopes as ({{ village_and_profile() }}),
needs as (select * from {{ ref('int_needs_by_month') }}),

summed as (
    select
        month,
        scope_code,
        cause,
        count(*) as needs,
        count(case when state = 'met' then 1 end) as met,
        count(case when state = 'planned' then 1 end) as planned,
        count(case when state = 'none' then 1 end) as without_measure
    from ({{ with_profile_rows('needs') }}) as scoped
    group by month, scope_code, cause
)

select
    cast(summed.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(summed.cause as string) as cause,
    cast(summed.needs as bigint) as needs,
    cast(summed.met as bigint) as met,
    cast(summed.planned as bigint) as planned,
    cast(summed.without_measure as bigint) as without_measure
from summed
inner join scopes on summed.scope_code = scopes.area_code
order by month, scope, area_code, cause
