-- Through which channel were the cases of a period discovered, for the whole or one area? One row per channel.
select
    channel,
    sum(discovered)::bigint as discovered,
    sum(approved)::bigint as approved
from agg_channel_month
where month between $start and $end
    and (($area is null and scope = 'profile') or (scope = 'area' and area_code = $area))
group by channel
order by channel
