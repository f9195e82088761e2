-- How often did people come, and how much was written, in the months of a period? One row per area compared.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    coalesce(sum(burden.household_days), 0)::bigint as household_days,
    coalesce(sum(burden.survey), 0)::bigint as survey,
    coalesce(sum(burden.warning_check), 0)::bigint as warning_check,
    coalesce(sum(burden.identification), 0)::bigint as identification,
    coalesce(sum(burden.look_back), 0)::bigint as look_back,
    coalesce(sum(burden.care), 0)::bigint as care_visits,
    coalesce(
        sum(burden.survey_forms + burden.check_reports + burden.plans + burden.measure_reports), 0
    )::bigint as forms,
    coalesce(sum(burden.households_visited), 0)::bigint as households_visited,
    sum(burden.households_repeated)::bigint as households_repeated
from areas
left join agg_burden_month as burden
    on
        areas.area_code = burden.area_code
        and burden.scope = 'area'
        and burden.month between $start and $until
group by areas.area_code, areas.name
order by areas.area_code
