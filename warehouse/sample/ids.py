"""Identity numbers of the made-up region 990100: valid check digits, but nobody's.

Source: GB 11643 (18 characters, ISO 7064 mod 11-2); 02-extracts "The sample extracts".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from warehouse.sample.clock import Days

REGION = "990100"
WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2])
CHECKS = "10X98765432"
MALE = "男"


def check_digit(first_17: str) -> str:
    """The 18th character that belongs to 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, WEIGHTS.tolist(), strict=True))
    return CHECKS[total % 11]


def is_valid(id_no: str) -> bool:
    """18 characters of the sample's region with the right check digit."""
    return (
        len(id_no) == 18 and id_no.startswith(REGION) and id_no[:17].isdigit() and check_digit(id_no[:17]) == id_no[17]
    )


def draw_ids(births: Days, sexes: NDArray[np.object_], rng: np.random.Generator) -> NDArray[np.object_]:
    """One number a person, all different: sequence odd for men, even for women; never ending in 00.

    A sequence that ends in 00 is left out, so that no true number looks like one that Excel has cut.
    """
    birth_text = np.char.replace(births.astype("datetime64[D]").astype(str), "-", "")
    male = (sexes == MALE).astype(np.int64)
    sequence = _sequences(births, male, rng)
    digits = np.char.add(np.char.add(REGION, birth_text), np.char.zfill(sequence.astype(str), 3))
    codes = digits.astype("U17").view("U1").reshape(len(births), 17).astype(np.int64)
    checks = np.array(list(CHECKS))[(codes * WEIGHTS).sum(axis=1) % 11]
    return np.char.add(digits, checks).astype(object)


def _sequences(births: Days, male: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Numbers 1-999 of the sex's parity, different within a birthday and sex."""
    group = births.astype(np.int64) * 2 + male
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    first = np.r_[0, np.flatnonzero(np.diff(ordered)) + 1]
    sizes = np.diff(np.r_[first, len(ordered)])
    rank = np.arange(len(ordered)) - np.repeat(first, sizes)
    start = np.repeat(rng.integers(0, 490, len(first)), sizes)
    allowed = {parity: np.array([n for n in range(1, 1000) if n % 2 == parity and n % 100]) for parity in (0, 1)}
    place = start + rank
    drawn = np.where(ordered % 2 == 1, allowed[1][place % len(allowed[1])], allowed[0][place % len(allowed[0])])
    sequence = np.empty(len(group), dtype=np.int64)
    sequence[order] = drawn
    return sequence


def fifteen(id_no: str) -> str:
    """The number as it was written before 1999: two-digit year, no check digit."""
    return id_no[:6] + id_no[8:17]


def broken(id_no: str) -> str:
    """The number with a wrong check digit."""
    return id_no[:17] + CHECKS[(CHECKS.index(id_no[17]) + 3) % 11]
