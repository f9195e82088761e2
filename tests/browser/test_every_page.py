"""Every page for every role that opens it, in both languages, light and dark: content, language, accessibility; and
nothing for a role that may not."""

from __future__ import annotations

import re

import pytest

from tests.app.town_pages import ask
from tests.browser.accessibility import FRAMEWORK_FAULTS, FrameworkFault, violations
from tests.browser.conftest import Arrive
from tests.browser.visitor import Visitor
from tests.conftest import Town
from warehouse.i18n import set_language, t
from warehouse.scope import PAGES, Page, Role

# Each language in one of the looks: what a rule says of colours does not hang on the words, nor of words on colours.
LOOKS = {"zh_CN": "light", "en": "dark"}
# Who sees most of a page: the rules of accessibility are asked there.
FULLEST = {page.name: "administrator" if page.name == "admin" else "office" for page in PAGES}
# What must stand on a page whoever opens it and in whichever language: numbers of the marts, by the words of SQL.
PROOFS = {
    "joint_meeting": "select numerator || '/' || denominator from metric_values "
    "where metric = 'coverage_rate' and scope = 'profile' and period = '2025Q4'",
    "coverage": "select numerator || '/' || denominator from metric_values "
    "where metric = 'missed_rate' and scope = 'profile' and period = '2025Q4'",
    "about": "select rules_version[:8] from meta_snapshot",
}
# Latin words that stand in a Chinese page: file formats, methods, the other language, marks of clauses.
LATIN = {"English", "ID", "PDF", "Word", "Excel", "xlsx", "xls", "et", "csv", "CSV", "XLSX", "MB", "XmR", "Kaplan",
         "Meier", "Wilson", "Newcombe", "ST", "BX", "DJ", "DB", "YL"}  # fmt: skip
CODE = re.compile(r"KH-\w{4}-\w{4}|\b[0-9a-f]{8,}\b|\S+\.(?:xlsx|xls|csv|pdf)\b")
# The framework's icons are letters of a font of its own; they are not read out.
READ = """() => {
  const copy = document.querySelector('[data-testid=stApp]');
  const icons = [...copy.querySelectorAll('[data-testid=stIconMaterial], [translate=no]')].map(icon => icon.innerText);
  const skip = copy.querySelector('[data-testid=stSkipToContent]');
  const isReplaced = skip && getComputedStyle(skip).fontSize === '0px';
  let text = copy.innerText.replace(isReplaced ? skip.innerText : '', '');
  for (const icon of new Set(icons)) if (icon) text = text.replaceAll(icon, ' ');
  return text;
}"""
_needed: set[FrameworkFault] = set()


def opens(role: str, page: Page) -> bool:
    return role in page.roles and not (page.needs_households and role == Role.LEADER)


def foreign_words(said: str, language: str, own: str) -> set[str]:
    """Words of the other language that nothing on the page accounts for. own: texts of the lists."""
    if language == "zh_CN":
        return set(re.findall(r"[A-Za-z]{2,}", CODE.sub(" ", said))) - LATIN
    return {word for word in re.findall(r"[一-鿿]+", said) if word not in own}


def texts(town: Town) -> str:
    """All that lists and ledgers say in words: it stays as it is in every language."""
    sql = """
    select string_agg(said, '\n') from (
        select name as said from dim_area
        union all select concat_ws('\n', action, responsible_unit) from fct_meeting_action
        union all select description from fct_issue
    )
    """
    return str(ask(town, sql).item())


@pytest.mark.parametrize(
    ("role", "language"),
    [*((str(role), "zh_CN") for role in Role), *((role, "en") for role in sorted(set(FULLEST.values())))],
)
def test_a_role_opens_its_pages_and_no_other(arrive: Arrive, town: Town, role: str, language: str) -> None:
    set_language(language)  # type: ignore[arg-type]
    visitor = arrive(role, language)
    visitor.look(LOOKS[language])
    own = texts(town) + "中文附件一二三四五六七八九十"
    wrong: list[object] = []
    # The second language is read by who sees most of a page: refusals and the rest are told by the same catalogue.
    for page in PAGES if language == "zh_CN" else [page for page in PAGES if FULLEST[page.name] == role]:
        visitor.open(page.name)
        said = visitor.page.evaluate(READ)
        if not opens(role, page):
            assert t("shell.empty.refused") in said, page.name
            assert visitor.main.locator("h1").count() == 0, page.name
            continue
        assert t("shell.empty.refused") not in said, page.name
        assert visitor.main.locator("h1").inner_text(), page.name
        assert visitor.page.locator("html").get_attribute("lang") == {"zh_CN": "zh-CN", "en": "en"}[language]
        if page.name in PROOFS:
            assert str(ask(town, PROOFS[page.name]).item()) in said, page.name
        wrong += [(page.name, word) for word in sorted(foreign_words(said, language, own))]
        if FULLEST[page.name] == role:
            wrong += audit(visitor, page.name)
    assert wrong == []


def audit(visitor: Visitor, name: str) -> list[object]:
    """What is wrong with the page as it is drawn, but for what the framework does wrong."""
    found = violations(visitor.page)
    _needed.update(one.fault for one in found if one.fault)
    return [(name, one) for one in found if one.fault is None]


@pytest.mark.parametrize("language", sorted(LOOKS))
def test_the_screens_of_a_meeting_are_in_one_language_and_can_be_read(
    arrive: Arrive, town: Town, language: str
) -> None:
    office = arrive("office", language)
    office.look(LOOKS[language])
    own = texts(town) + "附件一二三四五六七八九十"
    office.open("joint_meeting", present="1", period="2025Q4")
    last = int(office.page.locator(".kanhu-at").inner_text().split("/")[1])
    wrong: list[object] = []
    for number in range(1, last + 1):
        if number > 1:
            with office.rerun():
                office.page.keyboard.press("ArrowRight")
        said = office.page.locator(".kanhu-screen").inner_text()
        wrong += [(number, word) for word in sorted(foreign_words(said, language, own))]
        if number in (1, 3, last // 2, last):
            wrong += audit(office, f"screen {number}")
    assert wrong == []


def test_each_known_fault_of_the_framework_is_still_there() -> None:
    """Of those pages: a fault that is mended is taken off the list."""
    assert _needed == set(FRAMEWORK_FAULTS)
