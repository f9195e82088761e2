{# Months counted through the years: differences are spans in calendar months (03-rules). #}
{% macro month_index(day) -%}
    cast(extract(year from {{ day }}) * 12 + extract(month from {{ day }}) as bigint)
{%- endmacro %}

{# Completed years on a day. #}
{% macro age_on(birth, day) -%}
    cast(
        extract(year from {{ day }}) - extract(year from {{ birth }})
        - case
            when
                extract(month from {{ day }}) * 100 + extract(day from {{ day }})
                < extract(month from {{ birth }}) * 100 + extract(day from {{ birth }})
                then 1
            else 0
        end as bigint
    )
{%- endmacro %}

{# Is a word one of those in a list parted by 、? Null if either is null. #}
{% macro is_listed(word, words) -%}
    (instr('、' || {{ words }} || '、', '、' || {{ word }} || '、') > 0)
{%- endmacro %}

{# The last day of the month with a number as month_index counts them; null for a null number. #}
{% macro end_of_month_no(number) -%}
    last_day(make_date(
        cast(floor(({{ number }} - 1) / 12) as integer), cast(mod({{ number }} - 1, 12) + 1 as integer), 1
    ))
{%- endmacro %}
