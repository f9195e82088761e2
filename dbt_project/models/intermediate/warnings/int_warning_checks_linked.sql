-- What became of a warning (BX-4, YL-4): one row per household, warned extract and warning month, from the newest ledger.
select
    linked.household_key,
    coalesce(by_title.extract, by_code.extract) as extract,
    checks.source_extract_title,
    checks.warning_month,
    checks.area_code,
    checks.pushed_on,
    checks.verified_on,
    checks.result,
    checks.list_month,
    checks.load_id,
    checks.row_no,
    -- From when the warning no longer stands: checked, and neither a risk nor the person was found.
    case
        when checks.result in ('无风险', '查无此人') then coalesce(checks.verified_on, checks.list_month)
    end as cleared_on
from {{ ref('stg_town__warning_checks') }} as checks
inner join {{ ref('int_rows_linked') }} as linked
    on
        linked.extract = 'warning_checks'
        and checks.load_id = linked.load_id
        and checks.row_no = linked.row_no
left join {{ source('landed', 'extracts') }} as by_title on checks.source_extract_title = by_title.title
left join {{ source('landed', 'extracts') }} as by_code on checks.source_extract_title = by_code.extract
where linked.household_key is not null
qualify row_number() over (
    partition by linked.household_key, checks.source_extract_title, checks.warning_month
    order by
        checks.list_month desc, checks.verified_on desc nulls last, checks.received_on desc,
        checks.load_id desc, checks.row_no desc
) = 1
