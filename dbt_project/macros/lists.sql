{# The lists that speak of people or households, and by which columns: what linking and the counts of lists loop over. #}
{% macro linked_lists() %}
    {% set head = {'head': true, 'head_name': true} %}
    {% set lists = [] %}
    {% for owner, extract in [
        ('civil_affairs', 'dibao_recipients'),
        ('civil_affairs', 'dibao_edge_members'),
        ('civil_affairs', 'rigid_expense_members'),
    ] %}
        {% do lists.append({'owner': owner, 'extract': extract, 'person': true, 'number': true, 'village': true, 'head': true, 'head_name': true}) %}
    {% endfor %}
    {% for owner, extract in [
        ('civil_affairs', 'tekun_recipients'),
        ('disabled_federation', 'disabled_persons'),
    ] + warning_lists() %}
        {% do lists.append({'owner': owner, 'extract': extract, 'person': true, 'number': false, 'village': true, 'head': false, 'head_name': false}) %}
    {% endfor %}
    {% for owner, extract in asset_lists() %}
        {% do lists.append({'owner': owner, 'extract': extract, 'person': true, 'number': false, 'village': false, 'head': false, 'head_name': false}) %}
    {% endfor %}
    {% for owner, extract in [
        ('town', 'household_income'),
        ('rural_revitalisation', 'lifted_households'),
        ('rural_revitalisation', 'monitored_households'),
    ] %}
        {% do lists.append({'owner': owner, 'extract': extract, 'person': false, 'number': true, 'village': true, 'head': true, 'head_name': true}) %}
    {% endfor %}
    {% do lists.append({'owner': 'civil_affairs', 'extract': 'applications', 'person': false, 'number': false, 'village': true, 'head': true, 'head_name': true}) %}
    {% for extract in ['warning_checks', 'assistance_measures'] %}
        {% do lists.append({'owner': 'town', 'extract': extract, 'person': false, 'number': true, 'village': true, 'head': true, 'head_name': false}) %}
    {% endfor %}
    {% for extract in ['survey_visits', 'inspection_issues'] %}
        {% do lists.append({'owner': 'town', 'extract': extract, 'person': false, 'number': true, 'village': true, 'head': false, 'head_name': false}) %}
    {% endfor %}
    {{ return(lists) }}
{% endmacro %}

{# The twelve warning lists (YL-3): only what is new that month. #}
{% macro warning_lists() %}
    {{ return([
        ('civil_affairs', 'temporary_assistance'),
        ('disabled_federation', 'new_severe_disability'),
        ('education', 'school_dropouts'),
        ('human_resources', 'lost_public_posts'),
        ('medical_insurance', 'high_medical_bills'),
        ('housing', 'unsafe_housing'),
        ('health', 'major_disease'),
        ('agriculture', 'failed_industry'),
        ('emergency', 'disaster_affected'),
        ('water', 'unsafe_water'),
        ('public_security', 'accident_injuries'),
        ('petitions_office', 'petitions'),
    ]) }}
{% endmacro %}

{# The six asset checks (YL-3x): the whole match result each month. #}
{% macro asset_lists() %}
    {{ return([
        ('public_security', 'vehicles'),
        ('tax', 'real_estate'),
        ('market_regulation', 'businesses'),
        ('finance', 'public_payroll'),
        ('human_resources', 'enterprise_pension'),
        ('finance_office', 'financial_assets'),
    ]) }}
{% endmacro %}

{# The four registers of assistance, in the order of the tiers (03-rules). #}
{% macro registers() %}
    {{ return([
        ('tekun', 'tekun_recipients'),
        ('dibao', 'dibao_recipients'),
        ('dibao_edge', 'dibao_edge_members'),
        ('rigid_expense', 'rigid_expense_members'),
    ]) }}
{% endmacro %}

{% macro number_parameters() %}
    {{ return([
        'monitoring_line', 'dibao_standard', 'edge_multiple', 'rigid_ratio_min', 'gradual_exit_months',
        'voluntary_exit_bonus_months', 'rejected_window_months', 'left_dibao_window_months', 'medical_bill_limit',
        'push_due_day', 'surveys_per_year', 'inspections_per_year', 'lookbacks_per_year', 'trainings_per_half_year',
        'check_days', 'check_days_cadre', 'review_days', 'publicity_days', 'identify_days', 'plan_days',
        'exit_publicity_days', 'elimination_months', 'employment_cost_deduction', 'commercial_homes_allowed',
        'financial_assets_limit', 'income_valid_months', 'warning_active_months', 'watch_multiple',
        'repeat_window_months', 'nursing_subsidy_standard', 'living_subsidy_standard',
    ]) }}
{% endmacro %}
