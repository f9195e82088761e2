with

warnings as (select * from {{ ref('int_warnings_by_household') }}),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'check_days'),
days as (select * from {{ source('landed', 'days') }}),
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
),

limited as (
    select
        pushed.*,
        limits.limit_value,
        limits.unit,
        started.working_day_no as started_no,
        ended.working_day_no as ended_no,
        due.day as working_due_on,
        today.as_of
    from pushed
    left join limits on pushed.first_pushed_on >= limits.valid_from and pushed.first_pushed_on < limits.valid_before
    cross join today
    left join days as started on pushed.first_pushed_on = started.day
    left join days as ended on coalesce(pushed.verified_on, today.as_of) = ended.day
    left join days as due on started.working_day_no + limits.limit_value = due.working_day_no and due.is_working_day
),

counted as (
    select
        *,
        {{ days_in_unit(
            'unit', 'first_pushed_on', 'coalesce(verified_on, as_of)', 'started_no', 'ended_no'
        ) }} as elapsed
    from limited
)

select
    cast(list_month as date) as month,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(extract as string) as extract,
    cast(owner as string) as owner,
    cast(cause as string) as cause,
    cast(people as bigint) as people,
    cast(happened_on as date) as happened_on,
    cast(pushed_on is not null as boolean) as is_in_ledger,
    cast(first_pushed_on as date) as pushed_on,
    cast(
        case
            when unit = 'working_day' then working_due_on
            else first_pushed_on + cast(limit_value as integer)
        end as date
    ) as due_on,
    cast(verified_on as date) as verified_on,
    cast(result as string) as result,
    cast(case when verified_on is not null then elapsed end as bigint) as days,
    cast(limit_value as bigint) as limit_days,
    cast(unit as string) as limit_unit,
    cast(
        {{ step_state('first_pushed_on', 'verified_on', 'false', 'false', 'limit_value', 'elapsed') }} as string
    ) as state,
    cast(coalesce(unit = 'working_day' and elapsed is null, false) as boolean) as calendar_missing
from counted
order by month, area_code, household_key, extract
