-- Which people does a metric of the state at a month's end count? One row per person of the part asked for.
with people as (
    select
        month,
        area_code,
        household_key,
        person_key,
        null::date as noted_on,
        single_cover_candidate,
        single_cover_missed,
        null::boolean as is_tekun,
        null::boolean as is_home_care,
        null::boolean as has_agreement,
        null::varchar as state,
        null::double as standard
    from fct_person_month
    where $metric = 'single_cover_rate' and single_cover_candidate and month = $to_month
    union all
    select
        month,
        area_code,
        household_key,
        person_key,
        last_visit_on as noted_on,
        null::boolean as single_cover_candidate,
        null::boolean as single_cover_missed,
        is_tekun,
        is_home_care,
        has_agreement,
        state,
        null::double as standard
    from fct_care_visit
    where $metric in ('tekun_agreement', 'tekun_centralised', 'visit_recency') and month = $to_month
    union all
    select
        month,
        area_code,
        household_key,
        person_key,
        null::date as noted_on,
        null::boolean as single_cover_candidate,
        null::boolean as single_cover_missed,
        null::boolean as is_tekun,
        null::boolean as is_home_care,
        null::boolean as has_agreement,
        state,
        standard::double as standard
    from fct_subsidy
    where $metric = 'subsidy_coverage' and kind in ('living', 'nursing') and is_entitled and month = $to_month
),

named as (
    select
        people.*,
        persons.name
    from people
    left join dim_person as persons on people.person_key = persons.person_key
),

judged as (
    select
        *,
        case $metric
            when 'single_cover_rate' then single_cover_candidate
            when 'tekun_agreement' then is_tekun and is_home_care
            when 'tekun_centralised' then is_tekun and is_home_care is not null
            when 'visit_recency' then state in ('visited', 'overdue', 'never')
            when 'subsidy_coverage' then standard is not null
        end as is_counted,
        case $metric
            when 'single_cover_rate' then not single_cover_missed
            when 'tekun_agreement' then has_agreement
            when 'tekun_centralised' then not is_home_care
            when 'visit_recency' then state = 'visited'
            when 'subsidy_coverage' then state = 'paid'
        end as is_met,
        case $metric
            when 'single_cover_rate' then false
            when 'tekun_agreement' then is_tekun and is_home_care is null
            when 'tekun_centralised' then is_tekun and is_home_care is null
            when 'visit_recency' then state = 'unknown'
            when 'subsidy_coverage' then standard is null
        end as is_unknown
    from named
),

counted as (
    select
        month as month,
        area_code as area_code,
        household_key as household_key,
        name as subject,
        'name' as subject_kind,
        noted_on as noted_on,
        case when is_counted and is_met then 1 else 0 end as numerator,
        case when is_counted then 1 else 0 end as denominator,
        case when is_unknown then 1 else 0 end as unknown
    from judged
    where ($scope = 'profile' or ($scope = 'area' and area_code in (
            select area_code from dim_area_scope where scope = 'area' and scope_code = $scope_code
        )))
)

-- ends with: passport/rows
