select
    cast(department_code as string) as department_code,
    cast(name as string) as name,
    cast(name_en as string) as name_en,
    cast(unit as string) as unit,
    cast(contact_post as string) as contact_post
from {{ source('landed', 'departments') }}
order by department_code
