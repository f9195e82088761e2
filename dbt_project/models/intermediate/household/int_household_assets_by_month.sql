-- What the asset checks found on the members of a household, and which of it disqualifies (DB-2, YL-3x).
-- A part is null when its list was never received or its parameter is absent. Households without any match are here too.
with owned_by_households as (
    select
        holdings.month,
        holdings.household_key,
        cast(
            sum(
                case
                    when
                        holdings.extract = 'vehicles' and {{ is_listed('holdings.kind', 'parameters.vehicle_kinds') }}
                        then holdings.things
                end
            ) as bigint
        ) as vehicles,
        cast(sum(case when holdings.extract = 'real_estate' then holdings.things end) as bigint) as commercial_homes,
        cast(
            sum(
                case
                    when
                        holdings.extract = 'businesses' and {{ is_listed('holdings.kind', 'parameters.business_kinds') }}
                        then holdings.things
                end
            ) as bigint
        ) as businesses,
        cast(sum(case when holdings.extract = 'public_payroll' then holdings.things end) as bigint) as public_payroll,
        sum(holdings.amount) as financial_assets
    from {{ ref('int_household_holdings_by_month') }} as holdings
    inner join {{ ref('int_parameters_by_month') }} as parameters on holdings.month = parameters.month
    group by holdings.month, holdings.household_key
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
