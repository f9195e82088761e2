-- Measures by the day they were due (YL-2a); those not yet due wait.
with

today as (select as_of from {{ source('landed', 'build_info') }}),

measures as (
    select
        fct_measure.*,
        today.as_of
    from {{ ref('fct_measure') }} as fct_measure
    cross join today
)

{{ count_metric(
    'measures_done', 'measures', month_of('due_on'),
    "state in ('within', 'over', 'overdue') and due_on <= as_of", "state = 'within'"
) }}
