-- The problems of the newest rectification ledger, one row per problem number and village: of repeats the newest row.
with

ledger as ({{ newest_of_each_part(ref('stg_town__inspection_issues')) }}),

newest as (
    select *
    from ledger
    qualify row_number() over (
        partition by area_code, issue_no order by received_on desc, load_id desc, row_no desc
    ) = 1
)

select
    cast({{ text_hash("area_code || '|' || issue_no") }} as string) as issue_key,
    cast(issue_no as string) as issue_no,
    cast(area_code as string) as area_code,
    cast(inspection_kind as string) as inspection_kind,
    cast(found_on as date) as found_on,
    cast(category as string) as category,
    cast(description as string) as description,
    cast(responsible_unit as string) as responsible_unit,
    cast(due_on as date) as due_on,
    cast(rectified_on as date) as rectified_on,
    cast(lookback_on as date) as lookback_on,
    cast(lookback_result as string) as lookback_result,
    -- Closed on the day of the passed look-back; where only its result is written, on the day of rectification.
    cast(case when lookback_result = '通过' then coalesce(lookback_on, rectified_on) end as date) as closed_on,
    cast(load_id as string) as load_id,
    cast(row_no as bigint) as row_no,
    cast(list_month as date) as list_month
from newest
