select
    cast(person_key as string) as person_key,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(name as string) as name,
    cast(id_masked as string) as id_masked,
    cast(birth_on as date) as birth_on,
    cast(sex as string) as sex,
    cast(newest_roster_month as date) as newest_roster_month
from {{ ref('int_persons') }}
order by area_code, household_key, person_key
