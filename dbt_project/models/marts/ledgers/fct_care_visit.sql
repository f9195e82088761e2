with visits as (select * from {{ ref('int_care_visits_by_month') }})

select
    cast({{ text_hash("cast(month as string) || '|' || holder") }} as string) as care_key,
    cast(month as date) as month,
    cast(person_key as string) as person_key,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(is_tekun as boolean) as is_tekun,
    cast(is_left_behind as boolean) as is_left_behind,
    cast(care_mode as string) as care_mode,
    cast(self_care as string) as self_care,
    cast(is_home_care as boolean) as is_home_care,
    cast(care_agreement_on as date) as care_agreement_on,
    cast(has_agreement as boolean) as has_agreement,
    cast(last_visit_on as date) as last_visit_on,
    cast(case when days_since_visit >= 0 then days_since_visit end as bigint) as days_since_visit,
    cast(round(limit_days) as bigint) as limit_days,
    cast(
        case
            when not is_to_be_visited then null
            when last_visit_on is null then 'never'
            -- A visit after the month's end does not tell of the days before it.
            when days_since_visit < 0 or limit_days is null then 'unknown'
            when days_since_visit <= limit_days then 'visited'
            else 'overdue'
        end as string
    ) as state
from visits
order by month, area_code, care_key
