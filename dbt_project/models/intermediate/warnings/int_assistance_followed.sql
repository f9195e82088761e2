-- What followed a payment of temporary assistance (DJ-4): the household's first admission to a register or to monitoring
-- after it, by the newest list of each; whether it was covered or monitored already on the day.
with

payments as (
    select
        ledger.load_id,
        ledger.row_no,
        ledger.list_month,
        ledger.area_code,
        ledger.reason,
        ledger.amount,
        ledger.accepted_on,
        ledger.paid_on,
        links.person_key,
        links.household_key
    from {{ ref('stg_civil_affairs__temporary_assistance') }} as ledger
    inner join {{ ref('int_rows_linked') }} as links
        on
            links.extract = 'temporary_assistance'
            and ledger.load_id = links.load_id
            and ledger.row_no = links.row_no
),

-- One row per person's admission to a register, with its end as the newest list tells it.
register_admissions as (
    select
        household_key,
        register,
        admitted_on,
        exited_on
    from {{ ref('int_register_entries') }}
    where household_key is not null
    qualify row_number() over (
        partition by household_key, register, person_key, admitted_on
        order by list_month desc, load_id desc, row_no desc
    ) = 1
),

admissions as (
    select * from register_admissions
    union all
    select
        household_key,
        'monitored' as register,
        discovered_on as admitted_on,
        eliminated_on as exited_on
    from {{ ref('int_identification_spells') }}
    where household_key is not null
),

joined as (
    select
        payments.load_id,
        payments.row_no,
        admissions.register,
        admissions.admitted_on,
        admissions.admitted_on > payments.paid_on as is_after,
        admissions.exited_on is null or admissions.exited_on > payments.paid_on as is_open
    from payments
    inner join admissions on payments.household_key = admissions.household_key
    inner join {{ ref('int_parameters_by_month') }} as parameters on payments.list_month = parameters.month
    where
        admissions.admitted_on <= payments.paid_on
        or not {{ is_over_months('payments.paid_on', 'admissions.admitted_on', 'parameters.temporary_follow_months') }}
),

already as (
    select
        load_id,
        row_no,
        {{ agg_list('register', 'register') }} as already_on
    from (select distinct load_id, row_no, register from joined where not is_after and is_open) as registers
    group by load_id, row_no
),

followed as (
    select
        load_id,
        row_no,
        min(case when register <> 'monitored' then admitted_on end) as admitted_on,
        min(case when register = 'monitored' then admitted_on end) as monitored_on
    from joined
    where is_after
    group by load_id, row_no
),

first_registers as (
    select
        followed.load_id,
        followed.row_no,
        joined.register
    from followed
    inner join joined
        on
            followed.load_id = joined.load_id
            and followed.row_no = joined.row_no
            and followed.admitted_on = joined.admitted_on
    where joined.register <> 'monitored'
    qualify row_number() over (
        partition by followed.load_id, followed.row_no order by {{ tier_order('joined.register') }} asc, joined.register asc
    ) = 1
)

select
    payments.load_id,
    payments.row_no,
    payments.list_month,
    payments.person_key,
    payments.household_key,
    payments.area_code,
    payments.reason,
    payments.amount,
    payments.accepted_on,
    payments.paid_on,
    parameters.temporary_follow_months,
    already.already_on,
    followed.admitted_on,
    first_registers.register as admitted_to,
    followed.monitored_on,
    {{ is_over_months('payments.paid_on', 'info.as_of', 'parameters.temporary_follow_months') }} as is_window_over
from payments
inner join {{ ref('int_parameters_by_month') }} as parameters on payments.list_month = parameters.month
cross join {{ source('landed', 'build_info') }} as info
left join already on payments.load_id = already.load_id and payments.row_no = already.row_no
left join followed on payments.load_id = followed.load_id and payments.row_no = followed.row_no
left join first_registers on payments.load_id = first_registers.load_id and payments.row_no = first_registers.row_no
