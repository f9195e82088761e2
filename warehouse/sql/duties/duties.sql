-- Who has which duty? One row per duty in the order of the document.
select
    meta_duty.duty_no,
    meta_duty.department_code,
    meta_duty.unit,
    meta_duty.duty_zh,
    meta_duty.duty_en,
    meta_duty.source,
    meta_duty.clause,
    meta_duty.counts
from meta_duty
order by meta_duty.duty_no
