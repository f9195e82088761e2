-- How long must publicity last, and which document is the place's own? One row.
select
    max(meta_parameter.number) filter (where meta_parameter.parameter = 'publicity_days') as publicity_days,
    max(meta_parameter.number) filter (where meta_parameter.parameter = 'exit_publicity_days') as exit_publicity_days,
    (select min(meta_duty.clause) from meta_duty) as own_clause
from meta_parameter
where meta_parameter.is_in_force
