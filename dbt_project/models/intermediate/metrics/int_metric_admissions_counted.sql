-- Admissions to the four registers by the month of admission: was there an economic check first (ST-2b)? A household
-- admitted to one register on one day is one admission; it is checked if each of its entries is,
-- and unknown if a list without a column for the check is all that could say so.
with

entries as (
    select *
    from {{ ref('int_register_entries') }}
    where household_key is not null
    qualify row_number() over (
        partition by register, household_key, person_key, admitted_on order by list_month desc, load_id desc, row_no desc
    ) = 1
),

homes as (
    select
        household_key,
        area_code
    from {{ ref('int_households_by_month') }}
    qualify row_number() over (partition by household_key order by month desc) = 1
),

admissions as (
    select
        entries.register,
        entries.household_key,
        entries.admitted_on,
        homes.area_code,
        case
            when bool_or(coalesce(entries.checked_on > entries.admitted_on, not entries.is_check_not_asked)) then false
            when count(*) = count(entries.checked_on) then true
        end as is_checked
    from entries
    inner join homes on entries.household_key = homes.household_key
    group by entries.register, entries.household_key, entries.admitted_on, homes.area_code
)

{{ count_metric('checked_first_rate', 'admissions', month_of('admitted_on'), 'is_checked is not null', 'is_checked',
    unknown='is_checked is null') }}
