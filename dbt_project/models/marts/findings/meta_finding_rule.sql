select
    cast(rules.rule as string) as rule,
    cast(rules.rule_order as bigint) as rule_order,
    cast(rules.rule_group as string) as rule_group,
    cast(rules.subject as string) as subject,
    cast(rules.severity as string) as severity,
    cast(rules.owner_extract as string) as owner_extract,
    cast(extracts.owner as string) as owner,
    cast(rules.clause as string) as clause,
    cast(rules.name_zh as string) as name_zh,
    cast(rules.name_en as string) as name_en,
    cast(rules.text_zh as string) as text_zh,
    cast(rules.text_en as string) as text_en,
    cast(rules.fix_zh as string) as fix_zh,
    cast(rules.fix_en as string) as fix_en
from {{ source('landed', 'finding_rules') }} as rules
left join {{ source('landed', 'extracts') }} as extracts on rules.owner_extract = extracts.extract
order by rule_order
