{# The rows of `source` that break a rule, as every int_findings_of_* model gives them. `extract`: the list in which the
   finding stands, as SQL; `first`, `second`: facts that the text of the rule names, as SQL; `limit_value`: the parameter
   it was held against. #}
{% macro finding(rule, source, condition, extract="cast(null as string)", household="household_key",
                 person="cast(null as string)", first="null", second="null", limit_value="null",
                 load_id="load_id", row_no="row_no") -%}
    select
        month,
        '{{ rule }}' as rule,
        {{ household }} as household_key,
        {{ person }} as person_key,
        {{ extract }} as extract,
        {{ load_id }} as load_id,
        cast({{ row_no }} as bigint) as row_no,
        cast({{ first }} as string) as first_fact,
        cast({{ second }} as string) as second_fact,
        cast({{ limit_value }} as double) as limit_value
    from {{ source }}
    where {{ condition }}
{%- endmacro %}

{# A pupil up to the end of middle school, as the free text of the roster tells; null for anybody else. #}
{% macro school_stage(schooling) -%}
    case
        when
            {{ schooling }} like '%非在校%' or {{ schooling }} like '%不在校%' or {{ schooling }} like '%毕业%'
            or {{ schooling }} like '%辍学%' or {{ schooling }} like '%失学%' or {{ schooling }} like '%休学%'
            then null
        when {{ schooling }} like '%学龄前%' or {{ schooling }} like '%学前%' or {{ schooling }} like '%幼儿%' then '学龄前'
        when {{ schooling }} like '%小学%' then '小学'
        when
            {{ schooling }} like '%初中%' or {{ schooling }} like '%七年级%' or {{ schooling }} like '%八年级%'
            or {{ schooling }} like '%九年级%'
            then '初中'
        when {{ schooling }} like '%高中%' then '高中'
        when {{ schooling }} like '%中职%' or {{ schooling }} like '%中专%' or {{ schooling }} like '%技校%' then '中职'
    end
{%- endmacro %}

{# An amount as text, without digits after the point that say nothing. #}
{% macro amount_text(amount) -%}
    cast(cast(round({{ amount }}, 0) as bigint) as string)
{%- endmacro %}
