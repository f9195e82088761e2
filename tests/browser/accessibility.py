"""What a page owes those who do not see it, or not well: the rules of axe-core, and the framework's own faults."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from playwright.sync_api import Page

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async () => {
  const found = await axe.run(document, {resultTypes: ['violations'], iframes: false});
  return found.violations.filter(rule => ['serious', 'critical'].includes(rule.impact)).flatMap(rule =>
    rule.nodes.map(node => ({rule: rule.id, html: node.html.slice(0, 200),
      why: [...node.any, ...node.all, ...node.none].map(check => check.message).join('; ').slice(0, 200)})));
}"""


@dataclass(frozen=True)
class FrameworkFault:
    """A fault that is not ours to mend. html: how what is at fault begins."""

    rule: str
    html: str
    reason: str


FRAMEWORK_FAULTS = (
    FrameworkFault(
        "svg-img-alt",
        '<g class="mark-',
        "Vega calls the group around the marks of a layer a symbol of its own and gives it no name; the drawing has "
        "one, and so has each mark in it.",
    ),
)


@dataclass(frozen=True)
class Violation:
    """A rule that something on a page breaks."""

    rule: str
    html: str
    why: str

    @property
    def fault(self) -> FrameworkFault | None:
        """The known fault of the framework that it is; null: it is ours."""
        known = (one for one in FRAMEWORK_FAULTS if one.rule == self.rule and self.html.startswith(one.html))
        return next(known, None)


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8") + "\n;0"


def violations(page: Page) -> list[Violation]:
    """What is seriously or critically wrong with the page as it is drawn now."""
    page.evaluate(_axe())
    return [Violation(**found) for found in page.evaluate(RUN)]
