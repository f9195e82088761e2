-- Which models are there, and what does each read? One row per model, without its SQL.
select
    model,
    layer,
    description,
    reads
from meta_model
order by model
