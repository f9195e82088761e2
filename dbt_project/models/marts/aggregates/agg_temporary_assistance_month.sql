with

scopes as ({{ village_and_profile() }}),
months as (select month from {{ source('landed', 'months') }}),
payments as (select * from {{ ref('fct_temporary_assistance') }}),

summed as (
    select
        month,
        scope_code,
        count(*) as payments,
        sum(amount) as amount
    from ({{ with_profile_rows('payments') }}) as by_scope
    group by month, scope_code
)

select
    cast(months.month as date) as month,
    cast(scopes.scope as string) as scope,
    cast(scopes.area_code as string) as area_code,
    cast(coalesce(summed.payments, 0) as bigint) as payments,
    cast(coalesce(summed.amount, 0) as decimal(18, 2)) as amount
from months
cross join scopes
left join summed on months.month = summed.month and scopes.area_code = summed.scope_code
order by month, scope, area_code
