-- Which households are drawn in each area? Those whose md5 of seed, colon and household key is smallest: anybody who
-- holds the list can draw it again. One row per household, by area and household number.
with wanted as (
    select
        fact.area_code,
        fact.household_key,
        fact.household_no,
        fact.members,
        md5($seed || ':' || fact.household_key) as drawn_by
    from fct_household_month as fact
    where fact.month = cast($month as date)
        and fact.is_resident
        and case $who
            when 'all_households' then true
            when 'covered' then fact.tier_registered in ('tekun', 'dibao', 'dibao_edge', 'rigid_expense')
            when 'missed' then fact.suspected_missed
            when 'monitored' then fact.is_monitored
            when 'other'
                then fact.tier_registered in ('other', 'none') and not fact.suspected_missed and not fact.is_monitored
        end
),

drawn as (
    select
        wanted.*,
        row_number() over (partition by wanted.area_code order by wanted.drawn_by, wanted.household_key) as place
    from wanted
)

select
    drawn.area_code,
    dim_area.name as area_name,
    drawn.household_key,
    drawn.household_no,
    dim_household.head_name,
    drawn.members,
    drawn.place,
    left(drawn.drawn_by, 8) as drawn_by
from drawn
inner join dim_area on drawn.area_code = dim_area.area_code
inner join dim_household on drawn.household_key = dim_household.household_key
where drawn.place <= coalesce(
    cast(list_extract(string_split($counts, ','), list_position(string_split($areas, ','), drawn.area_code)) as bigint), 0
)
order by drawn.area_code, drawn.household_no, drawn.household_key
