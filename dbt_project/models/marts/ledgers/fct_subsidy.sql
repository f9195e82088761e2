select
    cast({{ text_hash("cast(month as string) || '|' || holder || '|' || kind") }} as string) as subsidy_key,
    cast(month as date) as month,
    cast(person_key as string) as person_key,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(kind as string) as kind,
    cast(because as string) as because,
    cast(is_entitled as boolean) as is_entitled,
    cast(paid as decimal(18, 2)) as paid,
    cast(standard as decimal(18, 2)) as standard,
    cast(state as string) as state,
    cast(is_gap as boolean) as is_gap
from {{ ref('int_subsidies_by_month') }}
order by month, area_code, kind, subsidy_key
