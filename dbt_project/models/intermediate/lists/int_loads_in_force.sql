-- Which loads of each register, asset check and ledger are in force in a month: of each part of the place the newest that
-- speak for it. Towns of a county send files of their own (02 "How files arrive"): where one is missing, the rows that it
-- sent before still hold, and no other town is touched. A zero report is a load too: it takes the older rows away.
-- part_code is null where the whole load is in force, else the load holds for the rows of that part only ('': of none).
with

areas as (select * from {{ source('landed', 'areas') }}),

loads as (
    select
        loads.extract,
        loads.load_id,
        loads.month as list_month,
        loads.file_name
    from {{ source('landed', 'loads') }} as loads
    inner join {{ source('landed', 'extracts') }} as extracts on loads.extract = extracts.extract
    where loads.is_winning and extracts.kind <> 'warning'
),

parts as (
    select distinct
        villages.part_code,
        areas.name
    from areas as villages
    inner join areas on villages.part_code = areas.area_code
    where villages.is_unit
),

list_rows as (
    {%- for list in var('linked_lists') if list.village %}
    select load_id, area_code from {{ ref('stg_' ~ list.owner ~ '__' ~ list.extract) }}
    union
    {%- endfor %}
    select load_id, area_code from {{ ref('stg_town__village_inspections') }}
),

parts_of_rows as (
    select
        list_rows.load_id,
        min(areas.part_code) as part_code,
        count(distinct areas.part_code) as parts
    from list_rows
    inner join areas on list_rows.area_code = areas.area_code
    group by list_rows.load_id
),

named as (
    select
        loads.load_id,
        parts.part_code
    from loads
    inner join parts on instr(loads.file_name, parts.name) > 0
),

-- The one part that a load speaks of, if so: by its name, else by its rows.
told as (
    select
        loads.extract,
        loads.load_id,
        loads.list_month,
        bool_or(named.load_id is not null) as is_named,
        case when max(rows_of.parts) = 1 then max(rows_of.part_code) end as only_part,
        coalesce(max(rows_of.parts) > 1, false) and not bool_or(named.load_id is not null) as is_of_several
    from loads
    left join named on loads.load_id = named.load_id
    left join parts_of_rows as rows_of on loads.load_id = rows_of.load_id
    group by loads.extract, loads.load_id, loads.list_month
),

-- Rows of one part alone do not make it that part's file: only where parts were seen to send files of their own.
split_months as (
    select
        extract,
        list_month
    from told
    group by extract, list_month
    having count(distinct only_part) > 1 and not bool_or(is_of_several)
),

first_split as (
    select
        extract,
        min(list_month) as since_month
    from split_months
    group by extract
),

spoken_for as (
    select
        told.extract,
        told.load_id,
        told.list_month,
        parts.part_code
    from told
    cross join parts
    left join named on told.load_id = named.load_id and parts.part_code = named.part_code
    left join first_split on told.extract = first_split.extract
    where
        case
            when told.is_named then named.load_id is not null
            when told.only_part is not null and coalesce(told.list_month >= first_split.since_month, false)
                then parts.part_code = told.only_part
            else true
        end
),

newest as (
    select
        months.month,
        months.month_end,
        spoken_for.extract,
        spoken_for.load_id,
        spoken_for.list_month,
        spoken_for.part_code
    from {{ source('landed', 'months') }} as months
    inner join spoken_for on months.month >= spoken_for.list_month
    qualify spoken_for.list_month = max(spoken_for.list_month) over (
        partition by months.month, spoken_for.extract, spoken_for.part_code
    )
),

wholes as (
    select
        load_id,
        count(*) as parts
    from spoken_for
    group by load_id
),

counted as (
    select
        newest.month,
        newest.month_end,
        newest.extract,
        newest.load_id,
        newest.list_month,
        wholes.parts = count(*) as is_whole
    from newest
    inner join wholes on newest.load_id = wholes.load_id
    group by newest.month, newest.month_end, newest.extract, newest.load_id, newest.list_month, wholes.parts
)

select
    month,
    month_end,
    extract,
    load_id,
    list_month,
    case when not is_whole then '' end as part_code
from counted
union all
select
    newest.month,
    newest.month_end,
    newest.extract,
    newest.load_id,
    newest.list_month,
    newest.part_code
from newest
inner join counted
    on
        newest.month = counted.month
        and newest.load_id = counted.load_id
where not counted.is_whole
