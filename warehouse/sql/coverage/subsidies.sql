-- To how many is each subsidy due in a month, and how is it paid? One row per area compared and kind; an area without
-- any has one row of nulls.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    subsidies.kind,
    subsidies.entitled,
    subsidies.entitled_paid,
    subsidies.entitled_short,
    subsidies.entitled_over,
    subsidies.entitled_unpaid,
    subsidies.entitled_unknown,
    subsidies.not_entitled_paid,
    subsidies.paid
from areas
left join agg_subsidy_month as subsidies
    on areas.area_code = subsidies.area_code and subsidies.scope = 'area' and subsidies.month = $month
order by areas.area_code, subsidies.kind
