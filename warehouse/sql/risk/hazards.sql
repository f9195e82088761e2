-- Where did new warnings of a month go beyond chance, by area, by cause and by both? One row per area and cause; the
-- whole place is one of the areas, all causes together one of the causes (YL-2a).
select
    agg_hazard_month.scope,
    agg_hazard_month.area_code,
    dim_area.name,
    agg_hazard_month.cause,
    agg_hazard_month.new_warnings,
    agg_hazard_month.expected_warnings,
    agg_hazard_month.limit_warnings,
    agg_hazard_month.is_hazard,
    agg_hazard_month.months_before
from agg_hazard_month
inner join dim_area on agg_hazard_month.area_code = dim_area.area_code
where agg_hazard_month.month = $month
    and (
        agg_hazard_month.scope = 'profile'
        or case
            when $areas is null then dim_area.is_unit
            else list_contains(string_split($areas, ','), dim_area.area_code)
        end
    )
order by agg_hazard_month.scope desc, agg_hazard_month.area_code, agg_hazard_month.cause
