-- Which files came after an instant and hold now? One row per file.
select
    loads.extract,
    lists.title,
    lists.title_en,
    loads.month,
    loads.file_name,
    loads.received_on
from meta_load as loads
left join dim_extract as lists on loads.extract = lists.extract
where loads.is_winning and loads.loaded_at > $since
order by loads.extract, loads.month, loads.file_name
