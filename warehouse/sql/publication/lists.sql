-- Of which classes did a list ever come, up to a month? One row per class; a list without rows came too.
with classes as (
    select *
    from (
        values
        ('dibao', 'dibao_recipients'),
        ('tekun', 'tekun_recipients'),
        ('dibao_edge', 'dibao_edge_members'),
        ('rigid_expense', 'rigid_expense_members'),
        ('unstable_lifted', 'monitored_households'),
        ('edge_poor', 'monitored_households'),
        ('sudden_hardship', 'monitored_households')
    ) as listed (category, extract)
)

select
    classes.category,
    coalesce(bool_or(fct_push.received_on is not null), false) as is_received
from classes
left join fct_push on classes.extract = fct_push.extract and fct_push.month <= cast($month as date)
group by classes.category
order by classes.category
