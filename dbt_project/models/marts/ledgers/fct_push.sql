with

months as (select * from {{ source('landed', 'months') }}),
extracts as (select * from {{ source('landed', 'extracts') }}),
parameters as (select * from {{ ref('int_parameters_by_month') }}),
today as (select as_of from {{ source('landed', 'build_info') }}),

loads as (select * from {{ source('landed', 'loads') }} where status = 'landed'),

areas as (select * from {{ source('landed', 'areas') }}),

-- Of each list and month the towns that ever sent it by then, and the day its file of this month first came.
parts as (
    select
        months.month,
        came.extract,
        came.part_code,
        min(case when came.list_month = months.month then came.received_on end) as received_on
    from months
    inner join {{ ref('int_arrivals_by_part') }} as came on months.month >= came.list_month
    group by months.month, came.extract, came.part_code
),

-- A list is there when the last of those that came has come, even where a corrected file took its place later.
arrivals as (
    select
        parts.extract,
        parts.month,
        max(parts.received_on) as received_on,
        count(*) as parts_expected,
        count(parts.received_on) as parts_received,
        {{ agg_list("case when parts.received_on is null then areas.name end", 'parts.part_code') }} as towns_missing
    from parts
    left join areas on parts.part_code = areas.area_code
    group by parts.extract, parts.month
    having count(parts.received_on) > 0
),

rows_in as (
    select
        extract,
        month,
        count(*) as files,
        sum(rows_read) as rows_read,
        sum(rows_accepted) as rows_accepted,
        sum(rows_quarantined) as rows_quarantined,
        sum(rows_repaired) as rows_repaired
    from loads
    where is_winning
    group by extract, month
),

rows_linked as (select * from {{ ref('int_rows_linked_counted') }}),

-- A list the place never asks for is not owed; one it asks for as needed, or without a day, has no due day.
due as (
    select
        months.month,
        extracts.extract,
        extracts.owner,
        extracts.kind,
        extracts.is_expected,
        extracts.frequency,
        case
            when
                extracts.due_day_parameter = 'push_due_day'
                and {{ is_listed("cast(extract(month from months.month) as string)", 'extracts.due_months') }}
                then months.month_end + cast(round(parameters.push_due_day) as integer)
        end as due_on
    from months
    cross join extracts
    inner join parameters on months.month = parameters.month
)

select
    cast(due.month as date) as month,
    cast(due.extract as string) as extract,
    cast(due.owner as string) as owner,
    cast(due.kind as string) as kind,
    cast(due.is_expected as boolean) as is_expected,
    cast(due.frequency as string) as frequency,
    cast(due.due_on as date) as due_on,
    cast(arrivals.received_on as date) as received_on,
    cast({{ days_between('due.due_on', 'arrivals.received_on') }} as bigint) as days_late,
    cast(
        case
            when arrivals.parts_received < arrivals.parts_expected and today.as_of > due.due_on then 'part'
            when arrivals.parts_received < arrivals.parts_expected and today.as_of <= due.due_on then 'not_due'
            when arrivals.received_on <= due.due_on then 'on_time'
            when arrivals.received_on > due.due_on then 'late'
            when today.as_of > due.due_on then 'missing'
            when today.as_of <= due.due_on then 'not_due'
            when arrivals.received_on is null then 'not_due'
        end as string
    ) as state,
    cast(arrivals.parts_expected as bigint) as parts_expected,
    cast(arrivals.parts_received as bigint) as parts_received,
    cast(arrivals.towns_missing as string) as towns_missing,
    cast(coalesce(rows_in.files, 0) as bigint) as files,
    cast(arrivals.received_on is not null and coalesce(rows_in.rows_read, 0) = 0 as boolean) as is_zero_report,
    cast(coalesce(rows_in.rows_read, 0) as bigint) as rows_read,
    cast(coalesce(rows_in.rows_accepted, 0) as bigint) as rows_accepted,
    cast(coalesce(rows_in.rows_quarantined, 0) as bigint) as rows_quarantined,
    cast(coalesce(rows_in.rows_repaired, 0) as bigint) as rows_repaired,
    cast(rows_linked.rows_linkable as bigint) as rows_linkable,
    cast(rows_linked.rows_linked as bigint) as rows_linked
from due
left join arrivals on due.extract = arrivals.extract and due.month = arrivals.month
left join rows_in on due.extract = rows_in.extract and due.month = rows_in.month
left join rows_linked on due.extract = rows_linked.extract and due.month = rows_linked.list_month
cross join today
where due.is_expected or arrivals.received_on is not null
order by month, extract
