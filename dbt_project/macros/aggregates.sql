{# Counts by village and for the whole profile: the rows of `grouped` for each, and a row of zeros where there are none.
   `dimensions` are the columns counted by beside the village; `counts` maps a column to its SQL. #}
{% macro village_and_profile() -%}
    select
        area_code,
        case when is_unit then 'area' else 'profile' end as scope
    from {{ source('landed', 'areas') }}
    where is_unit or parent_code is null
{%- endmacro %}

{# Rows doubled: once for the village they belong to, once for the profile (its top area). #}
{% macro with_profile_rows(relation) -%}
    select
        rows_of.*,
        scopes.area_code as scope_code
    from {{ relation }} as rows_of
    inner join scopes on rows_of.area_code = scopes.area_code or scopes.scope = 'profile'
{%- endmacro %}
