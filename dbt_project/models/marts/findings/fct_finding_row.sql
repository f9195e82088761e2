-- What a department needs to put its own list right, and no more: where the row stands, the household's number and
-- village, the rule and the facts of it. No names, no keys, nothing of other departments' lists: a fact that stands in
-- another department's list is left out, and a row of another list is none of its own.
with

loads as (
    select
        load_id,
        extract,
        file_name
    from {{ source('landed', 'loads') }}
),

rules as (
    select
        rules.rule,
        first_of.owner as first_owner,
        second_of.owner as second_owner
    from {{ source('landed', 'finding_rules') }} as rules
    left join {{ source('landed', 'extracts') }} as first_of on rules.first_from = first_of.extract
    left join {{ source('landed', 'extracts') }} as second_of on rules.second_from = second_of.extract
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
    cast(case when loads.load_id is not null then findings.row_no end as bigint) as row_no,
    cast(households.household_no as string) as household_no,
    cast(areas.name as string) as area_name,
    cast(
        case when rules.first_owner is null or rules.first_owner = findings.owner then findings.first_fact end as string
    ) as first_fact,
    cast(
        case when rules.second_owner is null or rules.second_owner = findings.owner then findings.second_fact end
        as string
    ) as second_fact,
    cast(findings.limit_value as double) as limit_value,
    cast(findings.first_seen_month as date) as first_seen_month,
    cast(findings.came_back as boolean) as came_back
from {{ ref('fct_finding') }} as findings
inner join rules on findings.rule = rules.rule
left join loads on findings.load_id = loads.load_id and findings.extract = loads.extract
left join {{ ref('int_households_by_month') }} as households
    on
        findings.month = households.month
        and findings.household_key = households.household_key
left join {{ source('landed', 'areas') }} as areas on findings.area_code = areas.area_code
order by month, owner, extract, rule_order, file_name nulls last, row_no nulls last, finding_key
