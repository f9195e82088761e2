-- Whom does a visitor ask? One row per department that answers for recognition and for monitoring.
select
    department_code,
    name_en,
    unit,
    contact_post
from dim_department
where department_code in ('civil_affairs', 'rural_revitalisation') and contact_post is not null
order by department_code
