-- Which lists does the place never ask for? One row per list.
select
    extract,
    title,
    title_en,
    owner
from dim_extract
where not is_expected
order by owner, extract
