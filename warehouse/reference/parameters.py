"""docs/parameters.md: every number the rules use, and its value in each place."""

from __future__ import annotations

from warehouse.policy import KNOWN, Parameter
from warehouse.profiles import Profile, known_profiles, load_profile
from warehouse.reference.markdown import NONE, both, page, table

INTRO = (
    "Rules hold no numbers of their own: each is a dated value in `data/profiles/<place>/policy.csv`. Shown here is "
    "the newest value of each place. *Italic*: a stand-in of another place or year until the place’s own is known. "
    "° set locally: no document states it. — not set: what a rule needs it for is unknown."
)


def parameters_page() -> str:
    """One row a parameter, one column a place."""
    places = [load_profile(name) for name in known_profiles()]
    heads = ("parameter", "名称", "name", "unit", *(f"{place.title} {place.name}" for place in places))
    return page(
        "政策参数 Parameters",
        "`data/profiles/*/policy.csv` and `warehouse/policy.py`",
        INTRO,
        table(heads, (_row(name, places) for name in KNOWN)),
    )


def _row(name: str, places: list[Profile]) -> tuple[str, ...]:
    values = [newest(name, place) for place in places]
    units = dict.fromkeys(value.unit for value in values if value and value.unit)
    return (f"`{name}`", *both(f"about.parameter.{name}"), ", ".join(units), *map(_shown, values))


def newest(name: str, place: Profile) -> Parameter | None:
    """The value of a parameter that begins last; none where the place does not set it."""
    values = [parameter for parameter in place.policy if parameter.parameter == name]
    return max(values, key=lambda parameter: parameter.valid_from, default=None)


def _shown(value: Parameter | None) -> str:
    if value is None:
        return NONE
    if value.is_stand_in:
        return f"*{value.value}*"
    return f"{value.value}°" if value.is_local else value.value
