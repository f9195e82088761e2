-- What the newest asset lists show of the members of a household, as they say it: nothing here is judged (DB-2, YL-3x).
-- One row per household, month, list and kind; the kind is kept of the lists whose kinds a place judges by.
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
)

select
    owned.month,
    members.household_key,
    owned.extract,
    case when owned.extract in ('vehicles', 'businesses') then owned.kind end as kind,
    count(*) as things,
    cast(sum(owned.amount) as decimal(18, 2)) as amount
from owned
inner join {{ ref('int_household_members_by_month') }} as members
    on
        owned.month = members.month
        and owned.person_key = members.person_key
where members.is_member
group by
    owned.month, members.household_key, owned.extract,
    case when owned.extract in ('vehicles', 'businesses') then owned.kind end
