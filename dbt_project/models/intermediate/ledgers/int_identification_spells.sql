-- Spells of monitoring: one row per household and day of discovery, as the newest ledger that names it tells (BX-4).
with

ledger as (select * from {{ ref('stg_rural_revitalisation__monitored_households') }}),
links as (select * from {{ ref('int_rows_linked') }} where extract = 'monitored_households'),

keyed as (
    select
        ledger.*,
        links.household_key,
        -- An unlinked household keeps its own spells: it is told apart by its head's ID, else by its row.
        coalesce(
            links.household_key, ledger.head_id_key, ledger.head_id_prefix_key,
            ledger.load_id || '#' || cast(ledger.row_no as string)
        ) as holder
    from ledger
    left join links on ledger.load_id = links.load_id and ledger.row_no = links.row_no
),

newest as (
    select *
    from keyed
    qualify row_number() over (
        partition by holder, discovered_on order by list_month desc, received_on desc, load_id desc, row_no desc
    ) = 1
)

select
    cast({{ text_hash("holder || '|' || cast(discovered_on as string)") }} as string) as spell_key,
    cast(household_key as string) as household_key,
    cast(area_code as string) as area_code,
    cast(monitored_type as string) as monitored_type,
    cast(channel as string) as channel,
    cast(risk_cause as string) as causes,
    cast(coalesce(green_channel, false) as boolean) as is_green,
    cast(coalesce(held, false) as boolean) as is_held,
    cast(contact_name is not null as boolean) as has_contact,
    cast(discovered_on as date) as discovered_on,
    cast(verified_on as date) as verified_on,
    cast(reviewed_on as date) as reviewed_on,
    cast(publicity_from as date) as publicity_from,
    cast(publicity_to as date) as publicity_to,
    cast(town_audited_on as date) as town_audited_on,
    cast(approved_on as date) as approved_on,
    cast(entered_on as date) as entered_on,
    cast(plan_on as date) as plan_on,
    cast(exit_publicity_from as date) as exit_publicity_from,
    cast(exit_publicity_to as date) as exit_publicity_to,
    cast(eliminated_on as date) as eliminated_on,
    cast(elimination_kind as string) as elimination_kind,
    cast(list_month as date) as list_month
from newest
