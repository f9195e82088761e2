select
    cast(findings.month as date) as month,
    cast(spells.finding_key as string) as finding_key,
    cast(findings.rule as string) as rule,
    cast(findings.rule_order as bigint) as rule_order,
    cast(findings.severity as string) as severity,
    cast(findings.subject as string) as subject,
    cast(findings.household_key as string) as household_key,
    cast(findings.person_key as string) as person_key,
    cast(findings.area_code as string) as area_code,
    cast(findings.extract as string) as extract,
    cast(extracts.owner as string) as owner,
    cast(findings.load_id as string) as load_id,
    cast(findings.row_no as bigint) as row_no,
    cast(findings.first_fact as string) as first_fact,
    cast(findings.second_fact as string) as second_fact,
    cast(findings.limit_value as double) as limit_value,
    cast(spells.first_seen_month as date) as first_seen_month,
    cast(spells.last_seen_month as date) as last_seen_month,
    cast(spells.cleared_month as date) as cleared_month,
    cast({{ month_index('findings.month') }} - {{ month_index('spells.first_seen_month') }} + 1 as bigint) as months_open,
    cast(spells.times_seen as bigint) as times_seen,
    cast(spells.times_seen > 1 as boolean) as came_back,
    cast(findings.month = spells.first_seen_month and findings.month > info.first_month as boolean) as is_new,
    cast(case when spells.cleared_month is null then 'open' else 'cleared' end as string) as state
from {{ ref('int_findings_by_month') }} as findings
inner join {{ ref('int_finding_spells') }} as spells
    on
        findings.rule = spells.rule
        and findings.subject_key = spells.subject_key
        and findings.extract is not distinct from spells.extract
        and findings.month >= spells.first_seen_month
        and findings.month <= spells.last_seen_month
left join {{ source('landed', 'extracts') }} as extracts on findings.extract = extracts.extract
cross join (select first_month from {{ source('landed', 'build_info') }}) as info
order by month, area_code nulls last, household_key nulls last, rule_order, finding_key
