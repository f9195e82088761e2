-- A list of people is linked by the person; a list of households by the household (06 link_rate).
with people_lists as (
    select extract from {{ source('landed', 'extracts') }}
    where extract in ({% for list in var('linked_lists') if list.person %}'{{ list.extract }}'{{ ', ' if not loop.last }}{% endfor %})
),

methods as (
    select
        rows_linked.list_month,
        rows_linked.extract,
        case
            when people_lists.extract is not null then rows_linked.link_method
            when rows_linked.household_method = 'none' then 'unlinked'
            else rows_linked.household_method
        end as method
    from {{ ref('int_rows_linked') }} as rows_linked
    left join people_lists on rows_linked.extract = people_lists.extract
)

select
    cast(methods.list_month as date) as month,
    cast(methods.extract as string) as extract,
    cast(extracts.owner as string) as owner,
    cast(methods.method as string) as method,
    cast(count(*) as bigint) as rows_linkable
from methods
inner join {{ source('landed', 'extracts') }} as extracts on methods.extract = extracts.extract
group by methods.list_month, methods.extract, extracts.owner, methods.method
order by 1, 2, 4
