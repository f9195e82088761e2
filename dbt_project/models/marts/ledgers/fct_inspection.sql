with

ledger as ({{ newest_of_each_part(ref('stg_town__village_inspections')) }})

select
    cast(extract(year from inspected_on) as bigint) as year,
    cast(area_code as string) as area_code,
    cast(kind as string) as kind,
    cast(inspected_on as date) as inspected_on,
    cast(max(team) as string) as team,
    cast(min(year) as bigint) as ledger_year,
    cast(max(list_month) as date) as list_month
from ledger
group by area_code, kind, inspected_on
order by inspected_on, area_code, kind
