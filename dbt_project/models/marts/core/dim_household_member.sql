select
    cast(members.household_key as string) as household_key,
    cast(members.person_key as string) as person_key,
    cast(members.area_code as string) as area_code,
    cast(members.relation as string) as relation,
    cast(members.is_member as boolean) as is_member,
    cast(members.hukou_status as string) as hukou_status,
    cast(members.resident as boolean) as is_resident,
    cast(members.age as bigint) as age,
    cast(members.labour_capacity as string) as labour_capacity,
    cast(members.employment_status as string) as employment_status,
    cast(members.schooling as string) as schooling,
    cast(disabilities.disability_grade as string) as disability_grade,
    cast(disabilities.disability_kind as string) as disability_kind,
    cast(members.load_id as string) as load_id,
    cast(members.row_no as bigint) as row_no
from {{ ref('int_household_members_by_month') }} as members
inner join {{ source('landed', 'build_info') }} as info on members.month = info.last_month
left join {{ ref('int_disabilities_by_month') }} as disabilities
    on
        members.month = disabilities.month
        and members.person_key = disabilities.person_key
order by members.area_code, members.household_key, members.person_key
