"""Read a column of texts as its type: plain values by expression over the whole column, each odd one once.

A frame of readings has one row per cell: value (canonical text), fault (rule), repairs (rules parted by a space), hint.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from warehouse.contracts import Column
from warehouse.intake.records import LANDED_TYPES, id_stem
from warehouse.intake.repair import (
    BINARY,
    BINARY_ERROR,
    CHECK_DIGITS,
    CUT,
    EDGE,
    HAN,
    NO_ID_REGION,
    OLDEST_YEARS,
    SAMPLE_REGION,
    WEIGHTS,
    Context,
    read_text,
)

READING = {"value": pl.String, "fault": pl.String, "repairs": pl.String, "hint": pl.String}
LOSSY_DIGITS = 16


def read_column(
    texts: pl.Series, numbers: pl.Series | None, column: Column, context: Context, *, ten_thousands: bool = False
) -> pl.DataFrame:
    """One reading per cell, in order. numbers: which cells were numbers in the sheet."""
    raw = pl.col("raw")
    frame = texts.fill_null("").alias("raw").to_frame().with_columns(text=raw.str.strip_chars(EDGE).replace("", None))
    if numbers is not None and column.type in ("id", "household_no"):
        frame = _marked(frame, numbers)
    is_plain = pl.lit(False) if ten_thousands else _is_plain(column, context)
    frame = frame.with_columns(is_plain=is_plain.fill_null(False))
    odd = frame.filter(~pl.col("is_plain") & pl.col("text").is_not_null())["text"].unique()
    frame = frame.join(_read_each(odd, column, context, ten_thousands), on="text", how="left", maintain_order="left")
    plain_value = pl.concat_str(pl.lit("valid:"), "text") if column.type == "id" else pl.col("text")
    spaces = pl.when((raw != "") & pl.col("text").is_not_null() & (raw.str.len_chars() != _bare_length()))
    return frame.select(
        value=pl.when("is_plain").then(plain_value).otherwise("value"),
        fault=pl.col("fault"),
        repairs=pl.concat_str(spaces.then(pl.lit("spaces")), "repairs", separator=" ", ignore_nulls=True).replace(
            "", None
        ),
        hint=pl.col("hint"),
    )


def _marked(frame: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    """Number cells of over 15 digits, marked by what they lost: seen over the column, since one cell cannot tell."""
    text = pl.col("text")
    is_cut = numbers & (frame["text"].str.len_chars() >= LOSSY_DIGITS)
    rest = (text.cast(pl.Int64, strict=False) + BINARY_ERROR) % 1000
    near = frame.filter(is_cut).select((rest <= 2 * BINARY_ERROR).mean()).item()
    mark = BINARY if near is not None and near < 0.5 else CUT
    return frame.with_columns(text=pl.when(is_cut).then(mark + text).otherwise(text))


def _bare_length() -> pl.Expr:
    return pl.col("text").str.strip_chars_start(CUT + BINARY).str.len_chars()


def _read_each(odd: pl.Series, column: Column, context: Context, ten_thousands: bool) -> pl.DataFrame:
    readings = [read_text(text, column, context, ten_thousands=ten_thousands) for text in odd]
    return pl.DataFrame(
        {
            "text": odd,
            "value": [reading.value for reading in readings],
            "fault": [reading.fault for reading in readings],
            "repairs": [" ".join(reading.repairs) or None for reading in readings],
            "hint": [reading.hint for reading in readings],
        },
        schema={"text": pl.String, **READING},
    )


def _is_plain(column: Column, context: Context) -> pl.Expr:
    """Whether the text already is its canonical value. What is not plain is read one by one, not refused.

    Digits are spelled [0-9]: here the short form takes full-width digits, too, and would leave them as they are.
    """
    text = pl.col("text")
    match column.type:
        case "name":
            return text.str.contains(f"^[{HAN}]{{2,6}}$")
        case "household_no":
            return text.str.contains(r"^[A-Z][A-Z0-9-]{0,30}$|^[0-9]{1,30}$")
        case "id":
            return _is_valid_id(text, context)
        case "date":
            return (
                text.str.contains(r"^(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$")
                & text.str.to_date("%Y-%m-%d", strict=False).is_not_null()
            )
        case "money":
            return text.str.contains(r"^-?[0-9]{1,13}(?:\.[0-9]{1,2})?$")
        case "text":
            return text.str.contains(f"^[{HAN}A-Za-z0-9（），。、；：“”]+$")
        case "code" | "grade":
            return text.is_in(column.codes)
    return pl.lit(False)


def _is_valid_id(text: pl.Expr, context: Context) -> pl.Expr:
    """18 places, a real past birth date, a right check digit; not one that a spreadsheet may have cut (…000)."""
    total = pl.sum_horizontal(
        text.str.slice(place, 1).cast(pl.Int32, strict=False) * weight for place, weight in enumerate(WEIGHTS)
    )
    check = (total % 11).replace_strict(dict(enumerate(CHECK_DIGITS)), return_dtype=pl.String, default=None)
    born = text.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    region = text.str.slice(0, 6)
    return (
        text.str.contains(r"^[1-9][0-9]{16}[0-9X]$")
        & (check == text.str.slice(17, 1))
        & born.is_between(pl.lit(context.received_on).dt.offset_by(f"-{OLDEST_YEARS}y"), pl.lit(context.received_on))
        & (region != NO_ID_REGION)
        & ((region != SAMPLE_REGION) | pl.lit(context.sample_ids))
        & ~text.str.ends_with("000")
    )


def typed(column: Column, value: pl.Series) -> pl.Series:
    """Canonical texts as the landed type. IDs and villages stay text."""
    kind = LANDED_TYPES.get(column.type, pl.String())
    if column.type in ("date", "month"):
        return value.str.to_date("%Y-%m-%d")
    if column.type == "yes_no":
        return value == "true"
    return value.cast(kind)


@dataclass
class IdBook:
    """Keys of the IDs seen so far: most persons come again every month. Holds ID numbers; lives for one import only.

    key: the secret of the person keys, kept outside the warehouse.
    """

    key: bytes = field(repr=False)
    _known: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"value": pl.String, "key": pl.String, "prefix_key": pl.String}),
        repr=False,
    )

    @property
    def key_id(self) -> str:
        """A name of the key that says nothing about it."""
        return hashlib.sha256(b"kanhu person key id:" + self.key).hexdigest()[:12]

    def columns(self, column: Column, value: pl.Series) -> pl.DataFrame:
        """The landed columns of an ID column from its canonical values (`valid:…`, `lossy:…`, `none:`, null).

        Returns: <stem>_key, <stem>_prefix_key, <stem>_kind; for the person also id_birth_on, id_sex, id_masked.
        """
        stem = id_stem(column.name)
        self._learn(value)
        frame = value.alias("value").to_frame().join(self._known, on="value", how="left", maintain_order="left")
        digits = pl.col("value").str.split_exact(":", 1).struct.field("field_1").replace("", None)
        kind = pl.col("value").str.split_exact(":", 1).struct.field("field_0")
        found = [pl.col("key").alias(f"{stem}_key"), pl.col("prefix_key").alias(f"{stem}_prefix_key")]
        found += [kind.alias(f"{stem}_kind")]
        if stem == "id":
            odd = digits.str.slice(16, 1).cast(pl.Int8, strict=False) % 2 == 1
            found += [
                digits.str.slice(6, 8).str.to_date("%Y%m%d", strict=False).alias("id_birth_on"),
                pl.when(odd).then(pl.lit("男")).when(~odd).then(pl.lit("女")).alias("id_sex"),
                pl.concat_str(digits.str.slice(0, 6), pl.lit("*" * 12)).alias("id_masked"),
            ]
        return frame.select(found)

    def _learn(self, value: pl.Series) -> None:
        new = value.drop_nulls().unique().to_frame("value").join(self._known, on="value", how="anti")["value"].to_list()
        rows = []
        for text in new:
            kind, _, digits = text.partition(":")
            whole = kind in ("valid", "upgraded15")
            rows.append(
                (text, self._hash(digits) if whole else None, self._hash(f"prefix:{digits[:15]}") if digits else None)
            )
        if rows:
            self._known = pl.concat([self._known, pl.DataFrame(rows, schema=self._known.schema, orient="row")])

    def _hash(self, text: str) -> str:
        return hmac.digest(self.key, text.encode(), "sha256").hex()[:32]


def repair_counts(readings: Mapping[str, pl.DataFrame], kept: pl.Series) -> dict[str, int]:
    """How often each rule repaired a cell of the rows kept."""
    counts: dict[str, int] = {}
    for frame in readings.values():
        for repairs, number in frame.filter(kept)["repairs"].drop_nulls().value_counts().rows():
            for rule in dict.fromkeys(repairs.split(" ")):
                counts[rule] = counts.get(rule, 0) + number
    return dict(sorted(counts.items()))
