-- Findings as spells of months without a gap: first seen, last seen, the month in which it was gone (null while it
-- stands), and whether the same had been there before. What stands in the first month may be older.
with seen as (
    select
        findings.rule,
        findings.subject_key,
        findings.extract,
        findings.month,
        months.month_index - row_number() over (
            partition by findings.rule, findings.subject_key, findings.extract order by findings.month
        ) as spell_no
    from {{ ref('int_findings_by_month') }} as findings
    inner join {{ source('landed', 'months') }} as months on findings.month = months.month
),

spells as (
    select
        rule,
        subject_key,
        extract,
        min(month) as first_seen_month,
        max(month) as last_seen_month,
        count(*) as months_seen
    from seen
    group by rule, subject_key, extract, spell_no
)

select
    {{ text_hash("spells.rule || '|' || spells.subject_key || '|' || coalesce(spells.extract, '') || '|' || cast(spells.first_seen_month as string)") }}
        as finding_key,
    spells.rule,
    spells.subject_key,
    spells.extract,
    spells.first_seen_month,
    spells.last_seen_month,
    next_months.month as cleared_month,
    spells.months_seen,
    row_number() over (
        partition by spells.rule, spells.subject_key, spells.extract order by spells.first_seen_month
    ) as times_seen,
    lead(spells.first_seen_month) over (
        partition by spells.rule, spells.subject_key, spells.extract order by spells.first_seen_month
    ) as next_seen_month
from spells
inner join {{ source('landed', 'months') }} as last_months on spells.last_seen_month = last_months.month
left join {{ source('landed', 'months') }} as next_months on last_months.month_index + 1 = next_months.month_index
