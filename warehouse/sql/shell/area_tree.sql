-- The villages of the scope and every area above them, in the order of their codes, with the words of their levels.
select
    area_code,
    name,
    parent_code,
    is_unit,
    level_word,
    level_word_en,
    level_words_en
from dim_area
order by area_code
