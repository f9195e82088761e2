with

ledger as ({{ newest_of_each_part(ref('stg_civil_affairs__referrals')) }}),

links as (select * from {{ ref('int_rows_linked') }} where extract = 'referrals'),
units as (select * from {{ ref('int_units_matched') }}),
limits as (select * from {{ ref('int_limits_dated') }} where parameter = 'referral_days'),
days as (select * from {{ source('landed', 'days') }}),
today as (select as_of from {{ source('landed', 'build_info') }}),

limited as (
    select
        ledger.*,
        links.household_key,
        units.department_code,
        limits.limit_value,
        limits.unit,
        today.as_of,
        accepted.working_day_no as accepted_no,
        completed.working_day_no as completed_no,
        due.day as working_due_on
    from ledger
    left join links on ledger.load_id = links.load_id and ledger.row_no = links.row_no
    left join units on ledger.forwarded_to = units.unit
    left join limits on ledger.accepted_on >= limits.valid_from and ledger.accepted_on < limits.valid_before
    cross join today
    left join days as accepted on ledger.accepted_on = accepted.day
    left join days as completed on coalesce(ledger.completed_on, today.as_of) = completed.day
    left join days as due on accepted.working_day_no + limits.limit_value = due.working_day_no and due.is_working_day
),

counted as (
    select
        *,
        {{ days_in_unit(
            'unit', 'accepted_on', 'coalesce(completed_on, as_of)', 'accepted_no', 'completed_no'
        ) }} as elapsed
    from limited
),

timed as (
    select
        *,
        {{ step_state('accepted_on', 'completed_on', 'false', 'false', 'limit_value', 'elapsed') }} as time_state
    from counted
)

select
    cast({{ text_hash("load_id || '#' || cast(row_no as string)") }} as string) as referral_key,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(need as string) as need,
    cast(accepted_on as date) as accepted_on,
    cast(forwarded_on as date) as forwarded_on,
    cast(forwarded_to as string) as forwarded_to,
    cast(department_code as string) as department_code,
    cast(completed_on as date) as completed_on,
    cast(result as string) as result,
    cast(
        case
            when completed_on is not null then 'completed'
            when forwarded_on is not null then 'forwarded'
            else 'accepted'
        end as string
    ) as stage,
    cast({{ days_between('accepted_on', 'forwarded_on') }} as bigint) as days_to_forward,
    cast({{ days_between('forwarded_on', 'completed_on') }} as bigint) as days_to_complete,
    cast(case when completed_on is not null then elapsed end as bigint) as days,
    cast(case when completed_on is null then elapsed end as bigint) as days_open,
    cast(limit_value as bigint) as limit_days,
    cast(unit as string) as limit_unit,
    cast(
        case when unit = 'working_day' then working_due_on else accepted_on + cast(limit_value as integer) end as date
    ) as due_on,
    cast(
        case
            when time_state = 'impossible' then 'impossible'
            when completed_on is not null then 'completed'
            else time_state
        end as string
    ) as state,
    cast(time_state as string) as time_state,
    cast(coalesce(unit = 'working_day' and elapsed is null, false) as boolean) as calendar_missing,
    cast(list_month as date) as list_month
from timed
order by area_code, accepted_on, referral_key
