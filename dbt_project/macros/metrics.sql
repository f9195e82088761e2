{# A month as text, 2025-03. #}
{% macro month_text(day) -%}
    (cast(extract(year from {{ day }}) as string) || '-' || lpad(cast(extract(month from {{ day }}) as string), 2, '0'))
{%- endmacro %}

{# The first day of a day's month. #}
{% macro month_of(day) -%}
    cast(make_date(
        cast(extract(year from {{ day }}) as integer), cast(extract(month from {{ day }}) as integer), 1
    ) as date)
{%- endmacro %}

{#
Counts of one metric, as every int_metric_*_counted model gives them: one row per metric, month, area, department and
list (extract; null where a metric is not told by list).
`numerator` and `unknown` are conditions on the rows of `source`; `counted` says which rows are in the ratio.
`members` (an expression) counts the people of the same households beside them; null where people make no sense.
`weight`: what one row counts for; `members` where a metric counts people by their households.
#}
{% macro count_metric(metric, source, month, counted, numerator, unknown='false', area='area_code', department='null',
                      members='null', where='true', list='null', weight='1') -%}
    select
        cast('{{ metric }}' as string) as metric,
        cast({{ month }} as date) as month,
        cast({{ area }} as string) as area_code,
        cast({{ department }} as string) as department_code,
        cast({{ list }} as string) as extract,
        cast(coalesce(sum(case when {{ counted }} and {{ numerator }} then {{ weight }} else 0 end), 0) as bigint) as numerator,
        cast(coalesce(sum(case when {{ counted }} then {{ weight }} else 0 end), 0) as bigint) as denominator,
        cast(coalesce(sum(case when {{ unknown }} then {{ weight }} else 0 end), 0) as bigint) as unknown,
        {% if members == 'null' -%}
        cast(null as bigint) as numerator_people,
        cast(null as bigint) as denominator_people,
        cast(null as bigint) as unknown_people
        {%- else -%}
        cast(sum(case when {{ counted }} and {{ numerator }} then {{ members }} else 0 end) as bigint)
            as numerator_people,
        cast(sum(case when {{ counted }} then {{ members }} else 0 end) as bigint) as denominator_people,
        cast(sum(case when {{ unknown }} then {{ members }} else 0 end) as bigint) as unknown_people
        {%- endif %}
    from {{ source }}
    where {{ where }}
    group by 2, 3, 4, 5
{%- endmacro %}

{# The counts of several rows together. #}
{% macro summed_counts() -%}
    sum(numerator) as numerator,
    sum(denominator) as denominator,
    sum(unknown) as unknown,
    sum(numerator_people) as numerator_people,
    sum(denominator_people) as denominator_people,
    sum(unknown_people) as unknown_people
{%- endmacro %}
