-- What intake could not take (02-extracts): rows refused for their ID or for want of a cause or a day of discovery, and
-- values of optional columns that were taken as blank. Such rows name nobody whom the warehouse may hold: a row is known
-- by its list, its column and its number among the rows refused alike, so that the findings of a list can be counted
-- from month to month.
with refused as (
    select
        *,
        '、' || coalesce("column", '') || ':' || rule || '、' || coalesce(also, '') || '、' as reasons
    from {{ source('landed', 'quarantine') }}
),

by_rule as (
    select
        'id_length' as rule,
        refused.*
    from refused
    where reasons like '%:id\_length、%' escape '\' or reasons like '%:id\_characters、%' escape '\'
    union all
    select
        'id_check_digit' as rule,
        refused.*
    from refused
    where reasons like '%:id\_check\_digit、%' escape '\' or reasons like '%:id\_date、%' escape '\'
    union all
    select
        'monitored_no_cause' as rule,
        refused.*
    from refused
    where extract = 'monitored_households' and reasons like '%、risk\_cause:required\_blank、%' escape '\'
    union all
    select
        'monitored_no_discovery' as rule,
        refused.*
    from refused
    where extract = 'monitored_households' and reasons like '%、discovered\_on:required\_blank、%' escape '\'
),

unread as (
    select
        extract,
        month as list_month,
        column_name,
        min(load_id) as load_id,
        sum(values_unread) as values_unread
    from {{ source('landed', 'unread_values') }}
    group by extract, month, column_name
)

select
    in_force.month,
    by_rule.rule,
    by_rule.extract || '|' || cast(row_number() over (
        partition by in_force.month, by_rule.extract, by_rule.rule
        order by by_rule.month asc, by_rule.file_name asc, by_rule.sheet asc, by_rule.row_no asc, by_rule.load_id asc
    ) as string) as subject_key,
    by_rule.extract,
    by_rule.load_id,
    by_rule.row_no,
    cast(null as string) as first_fact,
    cast(null as string) as second_fact,
    cast(null as double) as limit_value
from by_rule
inner join {{ ref('int_list_months_in_force') }} as in_force
    on
        by_rule.extract = in_force.extract
        and by_rule.month = in_force.list_month
union all
select
    in_force.month,
    'value_unreadable' as rule,
    unread.extract || '|' || unread.column_name as subject_key,
    unread.extract,
    max_by(unread.load_id, unread.list_month) as load_id,
    cast(null as bigint) as row_no,
    unread.column_name as first_fact,
    cast(sum(unread.values_unread) as string) as second_fact,
    cast(null as double) as limit_value
from unread
inner join {{ ref('int_list_months_in_force') }} as in_force
    on
        unread.extract = in_force.extract
        and unread.list_month = in_force.list_month
group by in_force.month, unread.extract, unread.column_name
