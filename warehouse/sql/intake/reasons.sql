-- For which reasons were rows of a month refused? One row per list, rule and column.
select
    quarantine.extract,
    quarantine.rule,
    quarantine.column_title,
    count(*) as rows_rejected
from quarantine
where quarantine.month = cast($month as date)
    and ($extract is null or quarantine.extract = $extract)
group by quarantine.extract, quarantine.rule, quarantine.column_title
order by quarantine.extract, quarantine.rule, quarantine.column_title
