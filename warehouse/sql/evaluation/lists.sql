-- How does one metric stand in every list in a period? One row per list that anything was counted of.
select
    dim_extract.extract,
    dim_extract.title,
    dim_extract.title_en,
    metric_values.numerator,
    metric_values.denominator,
    metric_values.value,
    metric_values.low,
    metric_values.high
from dim_extract
inner join metric_values on dim_extract.extract = metric_values.scope_code
where metric_values.scope = 'list'
    and metric_values.metric = $metric
    and metric_values.period_kind = $period_kind
    and metric_values.period = $period
    and metric_values.denominator > 0
order by dim_extract.extract
