-- What the asset checks found on the members of a household, and which of it disqualifies (DB-2, YL-3x).
-- A part is null when its list was never received or its parameter is absent. Households without any match are here too.
with asset_rows as (
    select
        'vehicles' as extract, load_id, row_no, list_month, vehicle_kind as kind, 0 as amount
    from {{ ref('stg_public_security__vehicles') }}
    union all
    select
        'real_estate' as extract, load_id, row_no, list_month, kind, 0 as amount
    from {{ ref('stg_tax__real_estate') }}
    where kind = '商品房'
    union all
    select
        'businesses' as extract, load_id, row_no, list_month, kind, 0 as amount
    from {{ ref('stg_market_regulation__businesses') }}
    where status = '存续'
    union all
    select
        'public_payroll' as extract, load_id, row_no, list_month, employer as kind, 0 as amount
    from {{ ref('stg_finance__public_payroll') }}
    union all
    select
        'financial_assets' as extract, load_id, row_no, list_month, kind, amount
    from {{ ref('stg_finance_office__financial_assets') }}
),

owned as (
    select
        lists.month,
        linked.person_key,
        asset_rows.extract,
        asset_rows.kind,
        asset_rows.amount
    from {{ ref('int_loads_in_force') }} as lists
    inner join asset_rows on lists.load_id = asset_rows.load_id
    inner join {{ ref('int_rows_linked') }} as linked
        on
            asset_rows.extract = linked.extract
            and asset_rows.load_id = linked.load_id
            and asset_rows.row_no = linked.row_no
            and {{ is_part_in_force('lists', 'linked') }}
    where linked.person_key is not null
),

owned_by_households as (
    select
        owned.month,
        members.household_key,
        count(case when owned.extract = 'vehicles' and {{ is_listed('owned.kind', 'parameters.vehicle_kinds') }} then 1 end)
            as vehicles,
        count(case when owned.extract = 'real_estate' then 1 end) as commercial_homes,
        count(case when owned.extract = 'businesses' and {{ is_listed('owned.kind', 'parameters.business_kinds') }} then 1 end)
            as businesses,
        count(case when owned.extract = 'public_payroll' then 1 end) as public_payroll,
        sum(owned.amount) as financial_assets
    from owned
    inner join {{ ref('int_parameters_by_month') }} as parameters on owned.month = parameters.month
    inner join {{ ref('int_household_members_by_month') }} as members
        on
            owned.month = members.month
            and owned.person_key = members.person_key
    where members.is_member
    group by owned.month, members.household_key
),

received as (
    select
        month,
        bool_or(is_received and extract = 'vehicles') as vehicles,
        bool_or(is_received and extract = 'real_estate') as real_estate,
        bool_or(is_received and extract = 'businesses') as businesses,
        bool_or(is_received and extract = 'public_payroll') as public_payroll,
        bool_or(is_received and extract = 'financial_assets') as financial_assets
    from {{ ref('int_lists_by_month') }}
    group by month
),

judged as (
    select
        households.month,
        households.household_key,
        case when received.real_estate then coalesce(owned.commercial_homes, 0) end as commercial_homes,
        case when received.financial_assets then coalesce(owned.financial_assets, 0) end as financial_assets,
        case when received.vehicles and parameters.vehicle_kinds is not null then coalesce(owned.vehicles, 0) > 0 end
            as has_vehicle,
        case
            when received.real_estate
                then coalesce(owned.commercial_homes, 0) > parameters.commercial_homes_allowed
        end as has_homes,
        case when received.businesses and parameters.business_kinds is not null then coalesce(owned.businesses, 0) > 0 end
            as has_business,
        case when received.public_payroll then coalesce(owned.public_payroll, 0) > 0 end as has_public_payroll,
        -- Per head of the members whose assets were matched, whether or not an income record is in force.
        case
            when received.financial_assets
                then
                    cast(coalesce(owned.financial_assets, 0) as double) / nullif(households.members, 0)
                    > parameters.financial_assets_limit
        end as has_financial_assets
    from {{ ref('int_households_by_month') }} as households
    inner join {{ ref('int_parameters_by_month') }} as parameters on households.month = parameters.month
    inner join received on households.month = received.month
    left join owned_by_households as owned
        on
            households.month = owned.month
            and households.household_key = owned.household_key
)

select
    *,
    -- One failing part decides, even if others are unknown.
    not has_vehicle
    and not has_homes
    and not has_business
    and not has_public_payroll
    and not has_financial_assets as assets_ok,
    nullif(
        trim(
            both '、' from case when has_vehicle then 'vehicle、' else '' end
            || case when has_homes then 'commercial_homes、' else '' end
            || case when has_business then 'business、' else '' end
            || case when has_public_payroll then 'public_payroll、' else '' end
            || case when has_financial_assets then 'financial_assets、' else '' end
        ),
        ''
    ) as asset_conflicts
from judged
