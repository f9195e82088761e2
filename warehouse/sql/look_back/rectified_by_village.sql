-- In which villages are problems put right in time, over the year? One row per village, whether any fell due or not.
select
    dim_area.area_code,
    dim_area.name,
    metric_values.numerator,
    metric_values.denominator,
    metric_values.value,
    metric_values.low,
    metric_values.high,
    metric_values.state
from metric_values
inner join dim_area on metric_values.scope_code = dim_area.area_code
where metric_values.metric = 'rectified_in_time'
    and metric_values.scope = 'area'
    and case
        when $areas is null then dim_area.is_unit
        else list_contains(string_split($areas, ','), dim_area.area_code)
    end
    and metric_values.period_kind = 'year'
    and metric_values.period = $year
order by dim_area.area_code
