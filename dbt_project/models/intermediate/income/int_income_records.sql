-- The linter cannot tell the indent of lines that a loop writes.
-- noqa: disable=LT02
-- The income records of households: one row per household and period. The whole list comes again each month, so a record
-- has as many copies as there are lists; the newest copy counts, with each amount as finely written as any copy that says
-- the same: 1.07773万元 in one list is the 10,777.25 yuan of another, and at a threshold the cents decide.
{% set amounts = [
    'wage_income', 'business_net_income', 'property_net_income', 'transfer_net_income', 'insurance_claims',
    'compliant_self_paid', 'medical_expense', 'education_expense', 'other_rigid_expense',
] %}
with copies as (
    select
        income.*,
        linked.household_key,
        row_number() over (
            partition by linked.household_key, income.period_end
            order by income.list_month, income.received_on, income.load_id, income.row_no
        ) as copy_no,
        count(*) over (partition by linked.household_key, income.period_end) as copies
    from {{ ref('stg_town__household_income') }} as income
    inner join {{ ref('int_rows_linked') }} as linked
        on
            linked.extract = 'household_income'
            and income.load_id = linked.load_id
            and income.row_no = linked.row_no
    where linked.household_key is not null
),

newest_copy as (
    select * from copies
    where copy_no = copies
),

-- What the newest copy that states an amount says: a later blank takes nothing back.
stated as (
    select
        household_key,
        period_end,
        {%- for amount in amounts %}
        max_by({{ amount }}, case when {{ amount }} is not null then copy_no end) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from copies
    group by household_key, period_end
),

-- Of the copies that say the same amount the one with the most digits after the point, then the newest.
finest as (
    select
        copies.household_key,
        copies.period_end,
        {%- for amount in amounts %}
        max_by(
            case when {{ is_same_amount('copies.' ~ amount, 'stated.' ~ amount) }} then copies.{{ amount }} end,
            case
                when {{ is_same_amount('copies.' ~ amount, 'stated.' ~ amount) }}
                    then {{ digits_after_point('copies.' ~ amount) }} * 1000000 + copies.copy_no
            end
        ) as {{ amount }}{{ ',' if not loop.last }}
        {%- endfor %}
    from copies
    inner join stated
        on
            copies.household_key = stated.household_key
            and copies.period_end = stated.period_end
    group by copies.household_key, copies.period_end
),

-- Of the parts of income (and of the rigid expenses) a blank means none; where all are blank the sum is unknown.
-- Sums are binary (double), added in the order of the form: an amount per head that meets a threshold to the cent is
-- decided as the reference figures decide it (docs/decisions.md).
summed as (
    select
        *,
        case
            when coalesce(wage_income, business_net_income, property_net_income, transfer_net_income) is not null
                then
                    cast(coalesce(wage_income, 0) as double) + cast(coalesce(business_net_income, 0) as double)
                    + cast(coalesce(property_net_income, 0) as double) + cast(coalesce(transfer_net_income, 0) as double)
        end as net_income,
        case
            when coalesce(medical_expense, education_expense, other_rigid_expense) is not null
                then
                    cast(coalesce(medical_expense, 0) as double) + cast(coalesce(education_expense, 0) as double)
                    + cast(coalesce(other_rigid_expense, 0) as double)
        end as rigid_expense
    from finest
)

select
    summed.household_key,
    summed.period_end,
    {{ month_index('summed.period_end') }} as period_end_index,
    newest_copy.period_start,
    newest_copy.load_id,
    newest_copy.row_no,
    nullif(newest_copy.household_size, 0) as household_size,
    newest_copy.employed_members,
    {%- for amount in amounts %}
    cast(summed.{{ amount }} as decimal(18, 2)) as {{ amount }},
    {%- endfor %}
    summed.net_income,
    summed.rigid_expense,
    newest_copy.housing_safe,
    newest_copy.water_safe,
    newest_copy.schooling_secured,
    newest_copy.medical_insured
from summed
inner join newest_copy
    on
        summed.household_key = newest_copy.household_key
        and summed.period_end = newest_copy.period_end
