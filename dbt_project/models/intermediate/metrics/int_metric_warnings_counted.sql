-- Warnings checked by the day their limit fell (BX-4), what checks led to (YL-4), and warnings of a household that has
-- one still open (DB-7), by village, department and list.
with

today as (select as_of from {{ source('landed', 'build_info') }}),

warnings as (
    select
        fct_warning.*,
        today.as_of
    from {{ ref('fct_warning') }} as fct_warning
    cross join today
),

pushed as (
    select
        warnings.*,
        duplicated.household_key is not null as is_duplicate
    from warnings
    left join {{ ref('int_warnings_duplicated') }} as duplicated
        on
            warnings.month = duplicated.month
            and warnings.household_key = duplicated.household_key
            and warnings.extract = duplicated.extract
)

{{ count_metric(
    'warning_checked_in_time', 'warnings', month_of('coalesce(due_on, pushed_on)'),
    "state in ('within', 'over', 'overdue') and due_on <= as_of", "state = 'within'",
    "state in ('impossible', 'unknown')", department='owner', where='coalesce(due_on, pushed_on) is not null'
) }}
union all
{% for metric in ['warning_yield', 'lead_yield'] %}
{{ count_metric(
    metric, 'warnings', month_of('verified_on'),
    'result is not null', "result in ('纳入监测', '落实救助')", 'result is null',
    department='owner', list='extract', where='verified_on is not null'
) }}
union all
{% endfor %}
{{ count_metric(
    'duplicate_leads', 'pushed', month_of('pushed_on'), 'true', 'is_duplicate',
    department='owner', list='extract', where='pushed_on is not null'
) }}
