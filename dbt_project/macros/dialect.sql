{# What DuckDB and Spark say differently. Dialect differences live in this file and nowhere else. #}

{# A stable key of a text: 32 hexadecimal digits. #}
{% macro text_hash(text) %}{{ return(adapter.dispatch('text_hash', 'kanhu')(text)) }}{% endmacro %}
{% macro default__text_hash(text) %}md5({{ text }}){% endmacro %}

{# Whole days from one date to another; negative when `end` is earlier. #}
{% macro days_between(start, end) %}{{ return(adapter.dispatch('days_between', 'kanhu')(start, end)) }}{% endmacro %}
{% macro default__days_between(start, end) %}date_diff('day', {{ start }}, {{ end }}){% endmacro %}
{% macro spark__days_between(start, end) %}datediff({{ end }}, {{ start }}){% endmacro %}

{# The texts of a group joined by 、 in the order of `order_by`; nulls left out. #}
{% macro agg_list(text, order_by) %}{{ return(adapter.dispatch('agg_list', 'kanhu')(text, order_by)) }}{% endmacro %}
{% macro default__agg_list(text, order_by) %}string_agg({{ text }}, '、' order by {{ order_by }}){% endmacro %}
{% macro spark__agg_list(text, order_by) %}listagg({{ text }}, '、') within group (order by {{ order_by }}){% endmacro %}
