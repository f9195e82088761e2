-- In which household a person lived from when until when (exclusive): the first home reaches back, the last one on.
with homes as (
    select
        person_key,
        household_key,
        list_month,
        lag(household_key) over (partition by person_key order by list_month) as household_before
    from {{ ref('int_roster_rows_identified') }}
    where is_home
),

moves as (
    select * from homes
    where household_before is distinct from household_key
)

select
    person_key,
    household_key,
    case when household_before is null then date '1900-01-01' else list_month end as since_month,
    coalesce(lead(list_month) over (partition by person_key order by list_month), date '9999-12-01') as until_month
from moves
