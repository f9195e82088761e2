-- What SQL did a model run? One row.
select compiled_sql
from meta_model
where model = $model
