select
    cast(gaps.month as date) as month,
    cast(gaps.person_key as string) as person_key,
    cast(gaps.household_key as string) as household_key,
    cast(gaps.area_code as string) as area_code,
    cast(gaps.is_member as boolean) as is_member,
    cast(gaps.hukou_status as string) as hukou_status,
    cast(gaps.age as bigint) as age,
    cast(gaps.labour_capacity as string) as labour_capacity,
    cast(gaps.disability_grade as string) as disability_grade,
    cast(gaps.living_subsidy as decimal(18, 2)) as living_subsidy,
    cast(gaps.nursing_subsidy as decimal(18, 2)) as nursing_subsidy,
    cast(gaps.has_major_disease as boolean) as has_major_disease,
    cast(
        nullif(
            trim(
                both '、' from case when gaps.on_tekun then 'tekun、' else '' end
                || case when gaps.on_dibao then 'dibao、' else '' end
                || case when gaps.on_dibao_edge then 'dibao_edge、' else '' end
                || case when gaps.on_rigid_expense then 'rigid_expense、' else '' end
            ),
            ''
        ) as string
    ) as registers_active,
    cast(gaps.is_covered_singly as boolean) as is_covered_singly,
    cast(gaps.gradual_exit_months_left as bigint) as gradual_exit_months_left,
    cast(gaps.single_cover_candidate as boolean) as single_cover_candidate,
    cast(gaps.single_cover_missed as boolean) as single_cover_missed,
    cast(gaps.dead_or_moved_active as boolean) as dead_or_moved_active,
    cast(gaps.double_registered as boolean) as double_registered,
    cast(gaps.dropped as boolean) as dropped,
    cast(gaps.no_check as boolean) as no_check,
    cast(gaps.disability_subsidy_gap as boolean) as disability_subsidy_gap
from {{ ref('int_person_gaps_by_month') }} as gaps
order by gaps.month, gaps.area_code, gaps.person_key
