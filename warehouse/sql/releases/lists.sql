-- Which lists came late, were sent again or are gone since the release? One row per file.
select
    lists.extract,
    extracts.title,
    extracts.title_en,
    lists.month,
    lists.file_name,
    lists.kind,
    lists.received_on,
    lists.loaded_at,
    lists.is_backdated
from release_list as lists
left join dim_extract as extracts on lists.extract = extracts.extract
order by lists.month, lists.extract, lists.file_name
