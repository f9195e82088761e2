"""Without a mouse: the tabulator reaches menu, filters, sections and tables, and one sees where one is."""

from __future__ import annotations

from dataclasses import dataclass

from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor

# Where the keyboard is: what it is called, the part of the page it is in, and whether its being there is drawn.
HERE = """() => {
  const here = document.activeElement, style = getComputedStyle(here), inside = where => !!here.closest(where);
  const [, ...accent] = /#(..)(..)(..)/.exec(style.getPropertyValue('--kanhu-accent')).map(part => parseInt(part, 16));
  const ring = element => { const s = getComputedStyle(element);
    return (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) || s.boxShadow !== 'none'
      || (parseFloat(s.borderTopWidth) > 0 && s.borderTopColor === `rgb(${accent.join(', ')})`); };
  const part = inside('[data-testid=stSidebar]') ? 'menu' : inside('[data-testid=stDataFrame]') ? 'table'
    : inside('[data-testid=stPills], [data-testid=stButtonGroup]') ? 'choices'
    : inside('[data-testid=stSelectbox]') ? 'filters' : inside('[data-testid=stMain]') ? 'main' : 'frame';
  const around = [here];
  for (let n = 0; n < 6; n += 1) around.push(around[n]?.parentElement);
  return {tag: here.tagName, part, name: (here.getAttribute('aria-label') || here.innerText || '').trim(),
          is_seen: around.some(element => element && ring(element)) || here.tagName === 'CANVAS'};
}"""


@dataclass(frozen=True)
class Stop:
    """One stop of the tabulator."""

    tag: str
    part: str
    name: str
    is_seen: bool


def stops(visitor: Visitor, most: int = 120) -> list[Stop]:
    """Every stop from the top of the page to its first table."""
    found = []
    for _ in range(most):
        visitor.page.keyboard.press("Tab")
        found.append(Stop(**visitor.page.evaluate(HERE)))
        if found[-1].part == "table":
            break
    return found


def test_the_tabulator_goes_through_menu_filters_sections_and_table_and_is_seen(arrive: Arrive) -> None:
    office = arrive("office")
    office.open("coverage", show="inspection")
    found = stops(office)
    first = {part: next(at for at, stop in enumerate(found) if stop.part == part) for part in {s.part for s in found}}
    assert first["menu"] < first["filters"] < first["table"]
    assert first["menu"] < first["choices"] < first["table"]
    menu = [stop.name for stop in found if stop.part == "menu"]
    assert "村情" in menu, "every page of the menu is reached"
    assert "谁被保、谁被漏" in [stop.name for stop in found if stop.part == "choices"]
    hidden = [stop for stop in found if stop.part != "frame" and stop.tag != "MAIN" and not stop.is_seen]
    assert hidden == [], "where the keyboard is, is drawn"


def test_a_page_is_opened_a_section_chosen_and_a_meeting_shown_by_keys(arrive: Arrive) -> None:
    office = arrive("office")
    office.open("coverage")
    focus_on(office, "风险分布")
    with office.rerun():
        office.page.keyboard.press("Enter")
    assert office.path() == "/risk"
    office.open("coverage")
    focus_on(office, "谁被保、谁被漏")
    office.page.keyboard.press("ArrowRight")
    with office.rerun():
        office.page.keyboard.press("Space")
    assert "section=tracked" in office.page.url
    office.open("joint_meeting")
    focus_on(office, "投影放映")
    with office.rerun():
        office.page.keyboard.press("Enter")
    with office.rerun():
        office.page.keyboard.press("PageDown")
    assert office.page.locator(".kanhu-at").inner_text().startswith("2 /")
    with office.rerun():
        office.page.keyboard.press("PageUp")
    with office.rerun():
        office.page.keyboard.press("Escape")
    assert "present" not in office.page.url


def focus_on(visitor: Visitor, name: str) -> None:
    """Go on by the tabulator until what bears the name is reached."""
    for _ in range(80):
        visitor.page.keyboard.press("Tab")
        here = visitor.page.evaluate(HERE)
        if here["tag"] in ("A", "BUTTON") and name in here["name"]:
            return
    raise AssertionError(f"{name}: not reached by the tabulator")
