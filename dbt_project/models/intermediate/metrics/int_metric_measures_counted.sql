-- Measures by the day they were due (YL-2a), with the department of the unit that does them; those not yet due wait.
with

today as (select as_of from {{ source('landed', 'build_info') }}),
units as (select * from {{ ref('int_units_matched') }}),

measures as (
    select
        fct_measure.*,
        units.department_code,
        today.as_of
    from {{ ref('fct_measure') }} as fct_measure
    left join units on fct_measure.responsible_unit = units.unit
    cross join today
)

{{ count_metric(
    'measures_done', 'measures', month_of('due_on'),
    "state in ('within', 'over', 'overdue') and due_on <= as_of", "state = 'within'", department='department_code'
) }}
