{{ config(materialized='table') }}
-- Each row of each list with the person and the household it speaks of, and by what it was linked (02 "Linking a person").
-- Lists that name only a head are linked by the head. The roster itself is not here: it is what the rest links to.
with list_rows as (
    {%- for list in var('linked_lists') %}
    select
        '{{ list.extract }}' as extract,
        load_id,
        row_no,
        list_month,
        {{ 'household_no' if list.number else 'cast(null as string)' }} as household_no,
        {{ 'area_code' if list.village else 'cast(null as string)' }} as area_code,
        {{ 'name' if list.person else ('head_name' if list.head_name else 'cast(null as string)') }} as name,
        {{ 'id_key' if list.person else ('head_id_key' if list.head else 'cast(null as string)') }} as id_key,
        {{ 'id_prefix_key' if list.person else ('head_id_prefix_key' if list.head else 'cast(null as string)') }} as id_prefix_key,
        {{ 'id_kind' if list.person else ('head_id_kind' if list.head else 'cast(null as string)') }} as id_kind,
        {{ 'id_birth_on' if list.person else 'cast(null as date)' }} as birth_on,
        {{ 'head_id_key' if list.head else 'cast(null as string)' }} as head_id_key,
        {{ "head_id_prefix_key || '|' || head_name" if list.head_name else 'cast(null as string)' }} as head_clue
    from {{ ref('stg_' ~ list.owner ~ '__' ~ list.extract) }}
    {{ 'where household_no is not null' if list.extract == 'inspection_issues' }}
    {{- ' union all' if not loop.last }}
    {%- endfor %}
),

clues as (
    select * from {{ ref('int_persons_by_clue') }}
),

households as (
    select distinct
        household_no,
        household_key
    from {{ ref('int_roster_rows_identified') }}
),

person_found as (
    select
        list_rows.*,
        coalesce(by_id.person_key, by_prefix.person_key, by_birth.person_key, by_name.person_key) as person_key,
        case
            when by_id.person_key is not null then case when list_rows.id_kind = 'upgraded15' then 'id15' else 'id' end
            when by_prefix.person_key is not null then 'lossy_name'
            when by_birth.person_key is not null then 'name_village_birth'
            when by_name.person_key is not null then 'name_village'
            else 'unlinked'
        end as link_method,
        coalesce(head_by_id.person_key, head_by_prefix.person_key) as head_person_key
    from list_rows
    left join clues as by_id
        on
            by_id.clue_kind = 'id'
            and list_rows.id_key = by_id.clue
    -- (3) the start of an ID and the name, where the list or the roster lost the rest of the ID
    left join clues as by_prefix
        on
            by_prefix.clue_kind = 'lossy_name'
            and list_rows.id_prefix_key || '|' || list_rows.name = by_prefix.clue
            and (list_rows.id_kind = 'lossy' or not by_prefix.has_id)
    left join clues as by_birth
        on
            by_birth.clue_kind = 'name_village_birth'
            and list_rows.name || '|' || list_rows.area_code || '|' || cast(list_rows.birth_on as string)
            = by_birth.clue
    -- (5) name and village alone, unless the birth dates say that these are two people
    left join clues as by_name
        on
            by_name.clue_kind = 'name_village'
            and list_rows.name || '|' || list_rows.area_code = by_name.clue
            and coalesce(list_rows.birth_on = by_name.birth_on, true)
    left join clues as head_by_id
        on
            head_by_id.clue_kind = 'id'
            and list_rows.head_id_key = head_by_id.clue
    left join clues as head_by_prefix
        on
            head_by_prefix.clue_kind = 'lossy_name'
            and list_rows.head_clue = head_by_prefix.clue
            and list_rows.head_id_key is null
)

select
    person_found.extract,
    person_found.load_id,
    person_found.row_no,
    person_found.list_month,
    person_found.area_code as named_area_code,
    -- Of the village that the row names; '' where it names none.
    coalesce(areas.part_code, '') as part_code,
    person_found.id_kind,
    person_found.person_key,
    person_found.link_method,
    coalesce(households.household_key, head_homes.household_key, person_homes.household_key) as household_key,
    case
        when households.household_key is not null then 'number'
        when head_homes.household_key is not null then 'head_id'
        when person_homes.household_key is not null then 'person'
        else 'none'
    end as household_method
from person_found
left join {{ source('landed', 'areas') }} as areas on person_found.area_code = areas.area_code
left join households on person_found.household_no = households.household_no
left join {{ ref('int_person_homes') }} as head_homes
    on
        person_found.head_person_key = head_homes.person_key
        and person_found.list_month >= head_homes.since_month
        and person_found.list_month < head_homes.until_month
left join {{ ref('int_person_homes') }} as person_homes
    on
        person_found.person_key = person_homes.person_key
        and person_found.list_month >= person_homes.since_month
        and person_found.list_month < person_homes.until_month
