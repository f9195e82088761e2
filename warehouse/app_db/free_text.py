"""What people may write into the application database: short plain text without numbers that point to a person.

Notes and decisions are read in the meeting and kept for years; a household is looked up in the warehouse, under its
scope, never named here.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

from warehouse.errors import UsageError

MOST = 500
Fault = Literal["empty", "long", "controls", "number"]

_DATE = re.compile(r"(?<!\d)(19|20)\d{2}\s?[-/.年]\s?\d{1,2}(\s?[-/.月]\s?\d{1,2})?(?!\d)")
_MONEY = r"(?=\s*(?:元|万|亿|yuan|CNY))"
# An amount, not an ID in groups of three: below a thousand million, unless it is told as money.
_THOUSANDS = re.compile(rf"(?<![\d,])\d{{1,3}}(?:(?:,\d{{3}}){{1,2}}(?![\d,])|(?:,\d{{3}}){{3}}(?![\d,]){_MONEY})")
# Mobile and landline numbers, ID numbers and numbers of certificates have eleven digits or more, also with gaps.
_WITH_GAPS = re.compile(r"\d(?:[\s\-.·*xX_/()]{0,2}\d){9,}")
# Local phone numbers and household numbers in one piece, unless they are told as an amount.
_IN_ONE = re.compile(r"(?<![\d.])\d{7,}(?!\d|\.\d|\s*(?:元|万|亿|%|yuan|CNY))")
_HOUSEHOLD_NO = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{1,4}[-_]?\d{6,}")
# Groups of digits with one or two signs between them that are no letters: a mobile number or an ID in any such dress.
_GROUPS = re.compile(r"\d+(?:[\W年月日]{1,2}\d+)*[xX]?")
_MOBILE = re.compile(r"(?:86|086|0086)?1[3-9]\d{9}")
_ID = re.compile(r"[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dxX]")
_FEW_GROUPS = 7
_CHINESE_DIGITS = str.maketrans("〇○零一二三四五六七八九壹贰叁肆伍陆柒捌玖", "000123456789123456789")
_IN_A_ROW = re.compile(r"\d{9,}")
_KEY = re.compile(r"(?<![0-9a-zA-Z])(?=[0-9a-f]*[a-f])(?=[0-9a-f]*\d)[0-9a-f]{16,}")

_SAID: dict[Fault, str] = {
    "empty": "got nothing, expected some words. Write what others should know.",
    "long": "got {length} characters, expected at most {most}. Shorten it.",
    "controls": "got characters that cannot be printed, expected plain text. Type it anew.",
    "number": "got a number like that of a person, a phone or a household, expected none. Leave it out; a household is "
    "looked up on its own page.",
}


class TextRefusedError(UsageError):
    """Text that may not be kept. fault: why, as a word that pages translate."""

    def __init__(self, what: str, fault: Fault, length: int, most: int) -> None:
        self.fault = fault
        super().__init__(f"{what}: " + _SAID[fault].format(length=length, most=most))


def fault_of(text: str, most: int = MOST) -> Fault | None:
    """Why the text may not be kept; null if it may."""
    plain = text.strip()
    if not plain:
        return "empty"
    if len(plain) > most:
        return "long"
    if any(unicodedata.category(letter) in ("Cc", "Cf", "Co", "Cs") and letter not in "\n\t" for letter in plain):
        return "controls"
    # Full-width digits and other forms of them count as digits.
    told = "".join(str(unicodedata.digit(c, c)) for c in unicodedata.normalize("NFKC", plain))
    # Before dates are taken out: an ID holds one.
    if _is_of_a_person(told) or _is_of_a_person(spelled := told.translate(_CHINESE_DIGITS)) or _spelled(told, spelled):
        return "number"
    told = _THOUSANDS.sub(" ; ", _DATE.sub(" ; ", told))
    found = (_WITH_GAPS, _IN_ONE, _HOUSEHOLD_NO, _KEY)
    return "number" if any(pattern.search(told) for pattern in found) else None


def _is_of_a_person(told: str) -> bool:
    """Whether digits, told in groups or one by one, make a mobile number or an ID. A list of counts makes none."""
    for run in _GROUPS.findall(told):
        groups = re.findall(r"\d+[xX]?", run)
        one_by_one, digits = all(len(group) == 1 for group in groups), "".join(groups)
        if _MOBILE.fullmatch(digits) and (one_by_one or min(map(len, groups[:-1]), default=3) >= 3):
            return True
        if _ID.search(digits) and (one_by_one or len(groups) <= _FEW_GROUPS):
            return True
    return False


def _spelled(told: str, spelled: str) -> bool:
    """Whether words for digits make a long number where the text itself has none."""
    return bool(_IN_A_ROW.search(spelled)) and not _IN_A_ROW.search(told)


def checked(what: str, text: str, most: int = MOST) -> str:
    """The text as it is kept. Raises: TextRefusedError."""
    if fault := fault_of(text, most):
        raise TextRefusedError(what, fault, len(text.strip()), most)
    return text.strip()
