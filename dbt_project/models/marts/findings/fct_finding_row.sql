-- What a department needs to put its own list right, and no more: where the row stands, the household's number and
-- village, the rule and the facts of it. No names, no keys, nothing of other departments' lists.
with loads as (
    select
        load_id,
        file_name
    from {{ source('landed', 'loads') }}
)

select
    cast(findings.month as date) as month,
    cast(findings.finding_key as string) as finding_key,
    cast(findings.owner as string) as owner,
    cast(findings.extract as string) as extract,
    cast(findings.rule as string) as rule,
    cast(findings.rule_order as bigint) as rule_order,
    cast(findings.severity as string) as severity,
    cast(loads.file_name as string) as file_name,
    cast(findings.row_no as bigint) as row_no,
    cast(households.household_no as string) as household_no,
    cast(areas.name as string) as area_name,
    cast(findings.first_fact as string) as first_fact,
    cast(findings.second_fact as string) as second_fact,
    cast(findings.limit_value as double) as limit_value,
    cast(findings.first_seen_month as date) as first_seen_month,
    cast(findings.came_back as boolean) as came_back
from {{ ref('fct_finding') }} as findings
left join loads on findings.load_id = loads.load_id
left join {{ ref('int_households_by_month') }} as households
    on
        findings.month = households.month
        and findings.household_key = households.household_key
left join {{ source('landed', 'areas') }} as areas on findings.area_code = areas.area_code
order by month, owner, extract, rule_order, file_name nulls last, row_no nulls last, finding_key
