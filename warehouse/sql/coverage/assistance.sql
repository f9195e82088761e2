-- What followed the temporary assistance that the lists of a period name? One row per area compared: payments.
with areas as (
    select area_code, name
    from dim_area
    where list_contains(string_split($areas, ','), area_code)
)

select
    areas.area_code,
    areas.name,
    coalesce(sum(followed.payments), 0)::bigint as payments,
    coalesce(sum(followed.already_covered), 0)::bigint as already_covered,
    coalesce(sum(followed.admitted), 0)::bigint as admitted,
    coalesce(sum(followed.monitored), 0)::bigint as monitored,
    coalesce(sum(followed.waiting), 0)::bigint as waiting,
    coalesce(sum(followed.nothing), 0)::bigint as nothing,
    coalesce(sum(followed.unknown), 0)::bigint as unknown
from areas
left join agg_assistance_followed_month as followed
    on
        areas.area_code = followed.area_code
        and followed.scope = 'area'
        and followed.month between $start and $until
group by areas.area_code, areas.name
order by areas.area_code
