{# How many digits an amount of money needs after the point: 0, 1 or 2. #}
{% macro digits_after_point(amount) -%}
    case when {{ amount }} = round({{ amount }}, 0) then 0 when {{ amount }} = round({{ amount }}, 1) then 1 else 2 end
{%- endmacro %}

{# Do two amounts say the same? A figure in 万元 keeps six digits, so it may differ by half of its sixth. #}
{% macro is_same_amount(amount, other) -%}
    abs({{ amount }} - {{ other }}) * 200000 <= abs({{ other }})
{%- endmacro %}

{# BX-7b: what a household has, by the year and the head; of claims and self-paid spending a blank means none. #}
{% macro income_per_head() -%}
    (net_income + cast(coalesce(insurance_claims, 0) as double) - cast(coalesce(compliant_self_paid, 0) as double))
    / nullif(household_size, 0)
{%- endmacro %}
