-- What a department needs to find the row in its own file, and why nobody was found for it: no name, no key.
{% set linked = var('linked_lists') %}
{% set of_people = linked | selectattr('person') | map(attribute='extract') | join("', '") %}
with unlinked as (
    select
        extract,
        load_id,
        row_no,
        list_month,
        named_area_code,
        case
            when extract not in ('{{ of_people }}') then 'no_household'
            when id_kind in ('valid', 'upgraded15') then 'id_not_on_roster'
            when id_kind = 'lossy' then 'id_cut'
            else 'no_id'
        end as reason
    from {{ ref('int_rows_linked') }}
    where
        (extract in ('{{ of_people }}') and person_key is null)
        or (extract not in ('{{ of_people }}') and household_key is null)
)

select
    cast(unlinked.list_month as date) as month,
    cast(unlinked.extract as string) as extract,
    cast(extracts.owner as string) as owner,
    cast(unlinked.load_id as string) as load_id,
    cast(loads.file_name as string) as file_name,
    cast(unlinked.row_no as bigint) as row_no,
    cast(areas.name as string) as area_name,
    cast(unlinked.reason as string) as reason
from unlinked
inner join {{ source('landed', 'extracts') }} as extracts on unlinked.extract = extracts.extract
inner join {{ source('landed', 'loads') }} as loads on unlinked.load_id = loads.load_id
left join {{ source('landed', 'areas') }} as areas on unlinked.named_area_code = areas.area_code
order by month, owner, extract, load_id, row_no
