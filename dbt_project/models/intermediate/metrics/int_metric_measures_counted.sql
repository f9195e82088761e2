-- Measures by the day they were due (YL-2a); those not yet due wait.
with measures as (select * from {{ ref('fct_measure') }})

{{ count_metric(
    'measures_done', 'measures', month_of('due_on'), "state in ('within', 'over', 'overdue')", "state = 'within'"
) }}
