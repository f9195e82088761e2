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

{# The rows of a ledger that hold: of the newest one that each part of the place sent. A town of a county that did not
   send its ledger keeps its older one; a row without an area holds while the newest ledger of all does. #}
{% macro newest_of_each_part(relation) -%}
    select rows_of.*
    from {{ relation }} as rows_of
    left join {{ source('landed', 'areas') }} as areas on rows_of.area_code = areas.area_code
    qualify
        rows_of.list_month = case
            when areas.part_code is null then max(rows_of.list_month) over ()
            else max(rows_of.list_month) over (partition by areas.part_code)
        end
{%- endmacro %}
