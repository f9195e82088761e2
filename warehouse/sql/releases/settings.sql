-- Which rules, profile files and policy values differ? One row per file or value.
select
    kind,
    name,
    valid_from,
    old_value,
    new_value
from release_setting
order by kind, name, valid_from
