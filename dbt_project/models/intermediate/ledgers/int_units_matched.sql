-- Which department of the profile a unit named in a ledger is: by its name or its unit, else by the longest of them
-- that the ledger's words hold (淮河县教育局 holds 教育). A unit that is none of them has no row.
with

named as (
    select forwarded_to as unit from {{ ref('stg_civil_affairs__referrals') }}
    union
    select responsible_unit as unit from {{ ref('stg_rural_revitalisation__meeting_actions') }}
    union
    select responsible_unit as unit from {{ ref('stg_town__assistance_measures') }}
    union
    select responsible_unit as unit from {{ ref('stg_town__inspection_issues') }}
),

words as (
    select department_code, unit as word from {{ source('landed', 'departments') }}
    union
    select department_code, name as word from {{ source('landed', 'departments') }}
)

select
    cast(named.unit as string) as unit,
    cast(words.department_code as string) as department_code
from named
inner join words on instr(named.unit, words.word) > 0
where length(words.word) > 1
qualify row_number() over (
    partition by named.unit
    order by named.unit = words.word desc, length(words.word) desc, words.department_code asc
) = 1
