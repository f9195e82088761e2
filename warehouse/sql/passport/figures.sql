-- Which figures of metrics are there that the scope may see? One row per metric, scope and period.
select metric as what, scope, scope_code, period
from metric_values
order by all
