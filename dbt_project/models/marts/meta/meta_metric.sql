select
    cast(metric as string) as metric,
    cast(name_zh as string) as name_zh,
    cast(name_en as string) as name_en,
    cast(unit as string) as unit,
    cast(direction as string) as direction,
    cast(counting as string) as counting,
    cast(target as double) as target,
    cast(target_source as string) as target_source,
    cast(clause as string) as clause,
    cast(model as string) as model,
    cast(scopes as string) as scopes,
    cast(needs as string) as needs
from {{ source('landed', 'metrics') }}
order by metric
