{# Words of the rules that the documents themselves define by a number: no place may set them, so they are not parameters. #}

{# DB-2(2): dependent by age are people of 60 and over and those under 16. #}
{% macro is_elder(age) %}({{ age }} >= 60){% endmacro %}
{% macro is_child(age) %}({{ age }} < 16){% endmacro %}
{% macro is_of_working_age(age) %}({{ age }} >= 16 and {{ age }} < 60){% endmacro %}

{# DB-2(2), ST-1b: severe are the grades 1 and 2. #}
{% macro is_severe(grade) %}({{ grade }} in ('1', '2')){% endmacro %}

{# DB-2(2): no labour capacity, or lost. #}
{% macro is_without_labour(labour_capacity) %}({{ labour_capacity }} in ('无劳动力', '丧失劳动力')){% endmacro %}

{% macro months_of_a_year() %}12{% endmacro %}

{# The order of the tiers of assistance: a higher number is a lower tier; monitoring and nothing come last. #}
{% macro tier_order(tier) -%}
    case {{ tier }} when 'tekun' then 1 when 'dibao' then 2 when 'dibao_edge' then 3 when 'rigid_expense' then 4 else 5 end
{%- endmacro %}

{# Of several rows: true if any is, else unknown if any is, else false. For an aggregate. #}
{% macro any_or_unknown(column) -%}
    case when bool_or({{ column }}) then true when count(*) = count({{ column }}) then false end
{%- endmacro %}
