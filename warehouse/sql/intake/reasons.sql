-- For which reasons were rows of a month refused? One row per list and rule.
select
    quarantine.extract,
    quarantine.rule,
    count(*) as rows_rejected,
    count(distinct quarantine.load_id) as files
from quarantine
where quarantine.month = cast($month as date)
    and ($extract is null or quarantine.extract = $extract)
group by quarantine.extract, quarantine.rule
order by quarantine.extract, rows_rejected desc, quarantine.rule
