with

duties as (select * from {{ source('landed', 'duties') }}),
departments as (select * from {{ source('landed', 'departments') }})

select
    cast(duties.duty_no as bigint) as duty_no,
    cast(duties.department_code as string) as department_code,
    cast(departments.unit as string) as unit,
    cast(duties.duty_zh as string) as duty_zh,
    cast(duties.duty_en as string) as duty_en,
    cast(duties.source as string) as source,
    cast(duties.clause as string) as clause,
    cast(duties.counts as string) as counts
from duties
inner join departments on duties.department_code = departments.department_code
order by duty_no
