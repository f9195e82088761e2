-- Who stands in which household in each month, by the newest roster up to it: members and those gone or dead.
with rosters as (
    select
        *,
        max(list_month) over (partition by month) as newest_list_month
    from {{ ref('int_rosters_by_month') }}
),

roster_rows as (
    select
        roster_rows.*,
        areas.part_code
    from {{ ref('int_roster_rows_identified') }} as roster_rows
    inner join {{ source('landed', 'areas') }} as areas on roster_rows.area_code = areas.area_code
),

-- Rows of a part whose roster did not come: whoever stands on a newer one, of another part, has moved there.
outdated as (
    select
        rosters.month,
        roster_rows.list_month,
        roster_rows.household_no,
        roster_rows.person_key
    from rosters
    inner join roster_rows
        on rosters.part_code = roster_rows.part_code and rosters.list_month = roster_rows.list_month
    where rosters.list_month < rosters.newest_list_month
),

newer as (
    select
        rosters.month,
        roster_rows.list_month,
        roster_rows.household_no,
        roster_rows.person_key
    from rosters
    inner join roster_rows
        on rosters.part_code = roster_rows.part_code and rosters.list_month = roster_rows.list_month
    where rosters.month in (select month from outdated)
),

gone as (
    select
        outdated.month,
        outdated.household_no,
        outdated.person_key
    from outdated
    inner join newer
        on
            outdated.month = newer.month
            and outdated.person_key = newer.person_key
            and outdated.list_month < newer.list_month
    union
    select
        outdated.month,
        outdated.household_no,
        outdated.person_key
    from outdated
    inner join newer
        on
            outdated.month = newer.month
            and outdated.household_no = newer.household_no
            and outdated.list_month < newer.list_month
)

select
    rosters.month,
    roster_rows.household_key,
    roster_rows.household_no,
    roster_rows.person_key,
    roster_rows.area_code,
    roster_rows.is_member,
    roster_rows.is_home,
    roster_rows.relation,
    roster_rows.hukou_status,
    roster_rows.resident,
    roster_rows.labour_capacity,
    roster_rows.employment_status,
    roster_rows.schooling,
    {{ age_on('roster_rows.id_birth_on', 'rosters.month_end') }} as age,
    roster_rows.id_birth_on as birth_on,
    roster_rows.load_id,
    roster_rows.row_no
from rosters
inner join roster_rows
    on rosters.part_code = roster_rows.part_code and rosters.list_month = roster_rows.list_month
left join gone
    on
        rosters.month = gone.month
        and rosters.list_month < rosters.newest_list_month
        and roster_rows.household_no = gone.household_no
        and roster_rows.person_key = gone.person_key
where gone.month is null
