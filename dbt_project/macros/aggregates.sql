{# Counts by area of every level: the rows of villages for the village and each area above it, and a row of zeros where
   there are none. #}
{% macro village_and_profile() -%}
    select
        area_code,
        case when parent_code is null then 'profile' else 'area' end as scope
    from {{ source('landed', 'areas') }}
{%- endmacro %}

{# Rows of villages once for each area they count for: the village, those above it, and the profile (its top area). #}
{% macro with_profile_rows(relation) -%}
    select
        rows_of.*,
        area_scopes.scope_code
    from {{ relation }} as rows_of
    inner join {{ source('landed', 'area_scopes') }} as area_scopes on rows_of.area_code = area_scopes.area_code
{%- endmacro %}

{# The rows of a list that hold in the newest month: of the loads in force, of each part of the place its own. #}
{% macro newest_of_each_part(relation) -%}
    select rows_of.*
    from {{ relation }} as rows_of
    inner join {{ ref('int_loads_in_force') }} as loads on rows_of.load_id = loads.load_id
    left join {{ source('landed', 'areas') }} as areas on rows_of.area_code = areas.area_code
    where
        loads.month = (select max(month) from {{ source('landed', 'months') }})
        and coalesce(loads.part_code = coalesce(areas.part_code, ''), true)
{%- endmacro %}

{# Is the row of `rows` one that the load of `loads` (int_loads_in_force) is in force for? #}
{% macro is_part_in_force(loads, rows) -%}
    coalesce({{ loads }}.part_code = {{ rows }}.part_code, true)
{%- endmacro %}
