-- Every row of the four registers of assistance, with the person and the household it speaks of.
{% set no_date = 'cast(null as date)' %}{% set no_text = 'cast(null as string)' %}
with entries as (
    select
        'tekun' as register, 'tekun_recipients' as extract, load_id, row_no, list_month,
        {{ no_text }} as cover_mode, self_care, monthly_amount, checked_on, admitted_on,
        {{ no_date }} as gradual_exit_from, exited_on, exit_reason
    from {{ ref('stg_civil_affairs__tekun_recipients') }}
    union all
    select
        'dibao' as register, 'dibao_recipients' as extract, load_id, row_no, list_month,
        cover_mode, {{ no_text }} as self_care, monthly_amount, checked_on, admitted_on,
        gradual_exit_from, exited_on, exit_reason
    from {{ ref('stg_civil_affairs__dibao_recipients') }}
    union all
    select
        'dibao_edge' as register, 'dibao_edge_members' as extract, load_id, row_no, list_month,
        {{ no_text }} as cover_mode, {{ no_text }} as self_care, cast(null as decimal(18, 2)) as monthly_amount,
        checked_on, admitted_on, {{ no_date }} as gradual_exit_from, exited_on, exit_reason
    from {{ ref('stg_civil_affairs__dibao_edge_members') }}
    union all
    select
        'rigid_expense' as register, 'rigid_expense_members' as extract, load_id, row_no, list_month,
        {{ no_text }} as cover_mode, {{ no_text }} as self_care, cast(null as decimal(18, 2)) as monthly_amount,
        checked_on, admitted_on, {{ no_date }} as gradual_exit_from, exited_on, exit_reason
    from {{ ref('stg_civil_affairs__rigid_expense_members') }}
)

select
    entries.*,
    linked.person_key,
    linked.household_key,
    linked.household_method,
    linked.part_code,
    -- A file without the column says nothing of the check: a blank cell in one that has it says there was none.
    coalesce({{ is_listed("'checked_on'", 'loads.columns_missing') }}, false) as is_check_not_asked
from entries
inner join {{ ref('int_rows_linked') }} as linked
    on
        entries.extract = linked.extract
        and entries.load_id = linked.load_id
        and entries.row_no = linked.row_no
left join {{ source('landed', 'loads') }} as loads on entries.load_id = loads.load_id
