{# How many digits an amount of money needs after the point: 0, 1 or 2. #}
{% macro digits_after_point(amount) -%}
    case when {{ amount }} = round({{ amount }}, 0) then 0 when {{ amount }} = round({{ amount }}, 1) then 1 else 2 end
{%- endmacro %}

{# Do two amounts say the same? A figure in 万元 keeps six digits, so it may differ by half of its sixth. #}
{% macro is_same_amount(amount, other) -%}
    abs({{ amount }} - {{ other }}) * 200000 <= abs({{ other }})
{%- endmacro %}
