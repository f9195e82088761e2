-- Who stands on each register of assistance in a month, who came and who left? One row per register.
select
    register,
    households,
    people,
    households_admitted,
    people_admitted,
    households_left,
    people_left
from agg_register_month
where scope = 'profile' and month = $month
order by case register when 'tekun' then 1 when 'dibao' then 2 when 'dibao_edge' then 3 else 4 end
