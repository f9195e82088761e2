-- Households with a warning in the `warning_active_months` to the month, by kind of warning, cleared or not.
select
    parameters.month,
    warnings.household_key,
    bool_or(warnings.extract in ('major_disease', 'high_medical_bills')) as has_serious_illness,
    bool_or(warnings.extract = 'lost_public_posts') as has_lost_post,
    bool_or(warnings.extract = 'failed_industry') as has_failed_industry,
    bool_or(warnings.extract = 'disaster_affected') as has_disaster,
    count(*) as warnings
from {{ ref('int_parameters_by_month') }} as parameters
inner join {{ ref('int_warnings_by_household') }} as warnings
    on
        warnings.list_month_index <= parameters.month_index
        and parameters.month_index - warnings.list_month_index < parameters.warning_active_months
group by parameters.month, warnings.household_key
