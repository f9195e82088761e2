-- Which is the newest period of a kind that is over and whole? One row; none if there is none yet.
select max(period) as period
from metric_values
where scope = 'profile' and period_kind = $period_kind and not is_partial
