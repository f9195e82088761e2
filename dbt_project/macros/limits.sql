{# Time limits, calendar spans and intervals of shares, each said once. Source: 03-rules "Time limits", 06-metrics. #}

{# Is `end` more than `months` calendar months after `start`? 2023-01-15 to 2023-07-15 is not over 6, 07-16 is. #}
{% macro is_over_months(start, end, months) -%}
    (
        {{ month_index(end) }} - {{ month_index(start) }} > {{ months }}
        or (
            {{ month_index(end) }} - {{ month_index(start) }} = {{ months }}
            and extract(day from {{ end }}) > extract(day from {{ start }})
        )
    )
{%- endmacro %}

{# Days from `start` to `end` as a limit counts them: calendar days, or working days by the numbers of the two days
   (`working_day_no` of landed.days; null where the calendar does not have the year). #}
{% macro days_in_unit(unit, start, end, start_no, end_no) -%}
    case when {{ unit }} = 'working_day' then {{ end_no }} - {{ start_no }} else {{ days_between(start, end) }} end
{%- endmacro %}

{# State of a step that may last at most `limit` days; `elapsed` are the days so far, in the limit's own unit. A null
   limit, first day or count of days gives unknown, never a verdict. #}
{% macro step_state(started_on, ended_on, has_later, is_green, limit, elapsed) -%}
    case
        when {{ ended_on }} is null and {{ has_later }} then case when {{ is_green }} then 'green' else 'skipped' end
        when {{ started_on }} is null and {{ ended_on }} is null then null
        when {{ started_on }} is null then 'unknown'
        when {{ ended_on }} < {{ started_on }} then 'impossible'
        when {{ limit }} is null or {{ elapsed }} is null then 'unknown'
        when {{ elapsed }} <= {{ limit }} then case when {{ ended_on }} is null then 'open' else 'within' end
        when {{ is_green }} then 'green'
        when {{ ended_on }} is null then 'overdue'
        else 'over'
    end
{%- endmacro %}

{# State of a step that must last at least `limit` days: short where it did not. #}
{% macro lasting_state(started_on, ended_on, has_later, limit, elapsed) -%}
    case
        when {{ ended_on }} is null and {{ has_later }} then 'skipped'
        when {{ started_on }} is null and {{ ended_on }} is null then null
        when {{ started_on }} is null then 'unknown'
        when {{ ended_on }} < {{ started_on }} then 'impossible'
        when {{ ended_on }} is null then 'open'
        when {{ limit }} is null or {{ elapsed }} is null then 'unknown'
        when {{ elapsed }} >= {{ limit }} then 'within'
        else 'short'
    end
{%- endmacro %}

{# State of an item with a due day of its own. #}
{% macro due_state(done_on, due_on, as_of) -%}
    case
        when {{ done_on }} <= {{ due_on }} then 'within'
        when {{ done_on }} > {{ due_on }} then 'over'
        when {{ as_of }} > {{ due_on }} then 'overdue'
        else 'open'
    end
{%- endmacro %}

{# Wilson 95% limits of x out of n (06-metrics), kept within 0 and 1; null where n is 0. #}
{% macro wilson(x, n, sign) -%}
    greatest(0.0, least(1.0, (
        2 * {{ x }} + 1.959964 * 1.959964
        {{ sign }} 1.959964 * sqrt(greatest(0.0,
            1.959964 * 1.959964 + 4 * cast({{ x }} as double) * (1 - {{ x }} / nullif(cast({{ n }} as double), 0))
        ))
    ) / nullif(2 * ({{ n }} + 1.959964 * 1.959964), 0)))
{%- endmacro %}
{% macro wilson_low(x, n) %}case when {{ n }} > 0 and {{ x }} = 0 then 0.0 when {{ n }} > 0 then {{ wilson(x, n, '-') }} end{% endmacro %}
{% macro wilson_high(x, n) %}case when {{ n }} > 0 and {{ x }} = {{ n }} then 1.0 when {{ n }} > 0 then {{ wilson(x, n, '+') }} end{% endmacro %}

{# 95% limits of the mean of a count (06-metrics): exact (Garwood 1936) under 10, Byar's from 10 on. #}
{% macro count_limit(x, side) -%}
    {%- set exact = {
        'low': [0.0000000, 0.0253178, 0.2422093, 0.6186721, 1.0898654, 1.6234864, 2.2018943, 2.8143631, 3.4538322, 4.1153731],
        'high': [3.6888795, 5.5716434, 7.2246877, 8.7672731, 10.2415887, 11.6683321, 13.0594740, 14.4226754, 15.7631892, 17.0848035],
    } -%}
    case {{ x }}
        {%- for limit in exact[side] %}
        when {{ loop.index0 }} then {{ limit }}
        {%- endfor %}
        {% if side == 'low' -%}
        else {{ x }} * power(1 - 1.0 / nullif(9 * {{ x }}, 0) - 1.959964 / nullif(3 * sqrt({{ x }}), 0), 3)
        {%- else -%}
        else ({{ x }} + 1) * power(1 - 1.0 / (9 * ({{ x }} + 1)) + 1.959964 / (3 * sqrt({{ x }} + 1)), 3)
        {%- endif %}
    end
{%- endmacro %}

{# State of an issue on a day (03-rules "Issues"): a failed look-back counts until the issue is put right again later. #}
{% macro issue_state(rectified_on, due_on, lookback_on, lookback_result, as_of) -%}
    case
        when {{ lookback_result }} = '通过' then 'closed'
        when
            {{ lookback_result }} = '未通过'
            and coalesce({{ rectified_on }} <= coalesce({{ lookback_on }}, {{ rectified_on }}), true)
            then 'failed'
        when {{ rectified_on }} is not null then 'rectified'
        when {{ as_of }} > {{ due_on }} then 'overdue'
        else 'open'
    end
{%- endmacro %}
