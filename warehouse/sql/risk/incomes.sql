-- How many households have an income per head in each band against the monitoring line? One row per band, lowest first,
-- and one for those whose income is unknown.
select
    band_from,
    band_to,
    cast(sum(households) as bigint) as households,
    cast(sum(members) as bigint) as members
from agg_income_band_month
where scope = 'area' and month = $month and area_code in (select area_code from dim_area where coalesce(area_code = $area, is_unit))
group by band_from, band_to
order by band_from nulls last
