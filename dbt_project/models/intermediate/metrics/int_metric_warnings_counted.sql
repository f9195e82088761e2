-- Warnings checked by the day their limit fell (BX-4), and what checks led to (YL-4), by village and department.
with warnings as (select * from {{ ref('fct_warning') }})

{{ count_metric(
    'warning_checked_in_time', 'warnings', month_of('coalesce(due_on, pushed_on)'),
    "state in ('within', 'over', 'overdue')", "state = 'within'", "state in ('impossible', 'unknown')",
    department='owner', where='coalesce(due_on, pushed_on) is not null'
) }}
union all
{{ count_metric(
    'warning_yield', 'warnings', month_of('verified_on'),
    'result is not null', "result in ('纳入监测', '落实救助')", 'result is null',
    department='owner', where='verified_on is not null'
) }}
