-- Each roster row with the person it speaks of. One row per list, household and person: of repeats the newest row counts.
with roster_rows as (
    select
        *,
        coalesce(hukou_status, '在册') = '在册' as is_member
    from {{ ref('stg_public_security__household_roster') }}
),

with_id as (
    select
        *,
        id_key as person_key
    from roster_rows
    where id_key is not null
),

-- A row whose ID is lossy or absent belongs to a person whose ID another row shows, if exactly one fits.
by_prefix as (
    select
        id_prefix_key,
        name,
        min(id_key) as id_key
    from with_id
    group by id_prefix_key, name
    having count(distinct id_key) = 1
),

by_birth as (
    select
        name,
        area_code,
        id_birth_on,
        min(id_key) as id_key
    from with_id
    group by name, area_code, id_birth_on
    having count(distinct id_key) = 1
),

by_household as (
    select
        name,
        household_no,
        min(id_key) as id_key
    from with_id
    group by name, household_no
    having count(distinct id_key) = 1
),

without_id as (
    select
        roster_rows.*,
        coalesce(
            by_prefix.id_key,
            by_birth.id_key,
            case when roster_rows.id_birth_on is null then by_household.id_key end,
            {{ text_hash("roster_rows.name || '|' || roster_rows.area_code || '|' || coalesce(cast(roster_rows.id_birth_on as string), '') || '|' || roster_rows.household_no") }}
        ) as person_key
    from roster_rows
    left join by_prefix
        on
            roster_rows.id_prefix_key = by_prefix.id_prefix_key
            and roster_rows.name = by_prefix.name
    left join by_birth
        on
            roster_rows.name = by_birth.name
            and roster_rows.area_code = by_birth.area_code
            and roster_rows.id_birth_on = by_birth.id_birth_on
    left join by_household
        on
            roster_rows.name = by_household.name
            and roster_rows.household_no = by_household.household_no
    where roster_rows.id_key is null
),

identified as (
    select * from with_id
    union all
    select * from without_id
),

once_a_household as (
    select *
    from identified
    qualify row_number() over (
        partition by list_month, household_no, person_key
        order by received_on desc, load_id desc, row_no desc
    ) = 1
)

select
    *,
    {{ text_hash('household_no') }} as household_key,
    -- A person listed in two households has one home: where the person is on the register, then the newest row.
    row_number() over (
        partition by list_month, person_key
        order by is_member desc, received_on desc, load_id desc, row_no desc
    ) = 1 as is_home
from once_a_household
