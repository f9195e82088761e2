with

warnings as (select * from {{ ref('int_warnings_by_household') }}),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'check_days'),
today as (select as_of from {{ source('landed', 'build_info') }}),

homes as (
    select household_key, area_code
    from {{ ref('int_households_by_month') }}
    qualify row_number() over (partition by household_key order by month desc) = 1
),

pushed as (
    select
        warnings.*,
        homes.area_code,
        -- A warning that the ledger does not know was pushed on the day its list came.
        coalesce(warnings.pushed_on, warnings.received_on) as first_pushed_on
    from warnings
    left join homes on warnings.household_key = homes.household_key
)

select
    cast(pushed.list_month as date) as month,
    cast(pushed.household_key as string) as household_key,
    cast(pushed.area_code as string) as area_code,
    cast(pushed.extract as string) as extract,
    cast(pushed.owner as string) as owner,
    cast(pushed.cause as string) as cause,
    cast(pushed.people as bigint) as people,
    cast(pushed.happened_on as date) as happened_on,
    cast(pushed.pushed_on is not null as boolean) as is_in_ledger,
    cast(pushed.first_pushed_on as date) as pushed_on,
    cast(pushed.first_pushed_on + cast(limits.limit_value as integer) as date) as due_on,
    cast(pushed.verified_on as date) as verified_on,
    cast(pushed.result as string) as result,
    cast({{ days_between('pushed.first_pushed_on', 'pushed.verified_on') }} as bigint) as days,
    cast(limits.limit_value as bigint) as limit_days,
    cast(
        {{ step_state(
            'pushed.first_pushed_on', 'pushed.verified_on', 'false', 'false', 'limits.limit_value', 'today.as_of'
        ) }} as string
    ) as state
from pushed
left join limits on pushed.first_pushed_on >= limits.valid_from and pushed.first_pushed_on < limits.valid_before
cross join today
order by month, area_code, household_key, extract
