"""The few HTML pages that are ours: sign-in, a short message, and Streamlit's own page made to speak our language."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from functools import cache
from html import escape
from pathlib import Path
from string import Template

import streamlit

from warehouse.charts.theme import Mode
from warehouse.i18n import Language, catalogue, set_language, t

HERE = Path(__file__).parent
STYLE = HERE.parent / "charts" / "style.css"
STREAMLIT_INDEX = Path(streamlit.__file__).parent / "static" / "index.html"
LANG_TAG: dict[Language, str] = {"zh_CN": "zh-CN", "en": "en"}
# Our own scripts by their addresses: light or dark before the first paint, and the framework's words in ours.
LOOK_PATH, WORDS_PATH = "/look.js", "/words.js"
SCRIPTS = {path: HERE / path[1:] for path in (LOOK_PATH, WORDS_PATH)}
OTHER: dict[Language, Language] = {"zh_CN": "en", "en": "zh_CN"}


def signin_page(language: Language, *, form_token: str, next_path: str, has_failed: bool) -> str:
    """The sign-in form. What was typed is never written back."""
    set_language(language)
    notice = f'<p class="notice" role="alert">{escape(t("shell.signin.failed"))}</p>' if has_failed else ""
    body = f"""
<form method="post" action="/signin" autocomplete="on">
  <h1>{escape(t("shell.product"))}</h1><p class="muted">{escape(t("shell.question"))}</p>{notice}
  <label for="name">{escape(t("shell.signin.name"))}</label>
  <input id="name" name="name" autocomplete="username" maxlength="64" required autofocus>
  <label for="password">{escape(t("shell.signin.password"))}</label>
  <input id="password" name="password" type="password" autocomplete="current-password" maxlength="256" required>
  <input type="hidden" name="form_token" value="{escape(form_token)}">
  <input type="hidden" name="next" value="{escape(next_path)}">
  <button>{escape(t("shell.signin.button"))}</button>
  <p class="muted small">{escape(t("shell.signin.help"))}</p>
</form>"""
    return _page(language, t("shell.signin.button"), body, language_next=f"/signin?next={next_path}")


def password_page(language: Language, *, form_token: str, faults: tuple[str, ...], must_change: bool) -> str:
    """The form to change one's own password; must_change: why nothing else opens."""
    set_language(language)
    said = " ".join(t(f"shell.password.{fault}") for fault in faults)
    notice = f'<p class="notice" role="alert">{escape(said)}</p>' if said else ""
    why = t("shell.password.must") if must_change else t("shell.password.why")
    fields = "".join(
        f'<label for="{name}">{escape(t(f"shell.password.{name}"))}</label>'
        f'<input id="{name}" name="{name}" type="password" autocomplete="{filled}" maxlength="256" required>'
        for name, filled in (("old", "current-password"), ("new", "new-password"), ("again", "new-password"))
    )
    leave = ("/signout", t("shell.signout")) if must_change else ("/", t("shell.back"))
    body = f"""
<form method="post" action="/password">
  <h1>{escape(t("shell.password.title"))}</h1><p class="muted">{escape(why)}</p>{notice}{fields}
  <input type="hidden" name="form_token" value="{escape(form_token)}">
  <button>{escape(t("shell.password.button"))}</button>
  <p class="muted small">{escape(t("shell.password.rules"))} <a href="{leave[0]}">{escape(leave[1])}</a></p>
</form>"""
    return _page(language, t("shell.password.title"), body, language_next="/password")


def message_page(language: Language, title: str, text: str, links: list[tuple[str, str]] | None = None) -> str:
    """A short message with links (address, words)."""
    items = "".join(f'<li><a href="{escape(href)}">{escape(words)}</a></li>' for href, words in links or [])
    body = f'<main class="box"><h1>{escape(title)}</h1><p class="muted">{escape(text)}</p><ul>{items}</ul></main>'
    return _page(language, title, body, language_next=None)


def _page(language: Language, title: str, body: str, *, language_next: str | None) -> str:
    switch = ""
    if language_next is not None:
        other = OTHER[language]
        address = escape(f"/language/{other}?next={language_next.replace('&', '%26').replace('?', '%3F')}")
        switch = f'<a class="switch" href="{address}" lang="{LANG_TAG[other]}">{t(f"shell.language.{other}")}</a>'
    template = Template((HERE / "page.html").read_text(encoding="utf-8"))
    return template.substitute(lang=LANG_TAG[language], title=escape(title), body=body, switch=switch)


@cache
def app_page(language: Language, look: Mode | None = None) -> str:
    """Streamlit's page in the reader's language: right `lang`, our title and style, no pointer to its agent API.

    look: light or dark, as chosen in this browser; null follows the machine's.
    """
    page = STREAMLIT_INDEX.read_text(encoding="utf-8")
    set_language(language)
    style = STYLE.read_text(encoding="utf-8")
    chosen = f' data-look="{look}"' if look else ""
    page = page.replace('<html lang="en">', f'<html lang="{LANG_TAG[language]}"{chosen}>')
    page = re.sub(r"<title>.*?</title>", lambda _: f"<title>{escape(t('shell.product'))}</title>", page)
    page = re.sub(r'<link rel="service-desc"[^>]*>', "", page)
    noscript = f"<noscript><p>{escape(t('shell.needs_script'))}</p></noscript>"
    page = re.sub(r"<noscript>.*?</noscript>", lambda _: noscript, page, flags=re.DOTALL)
    # A script that is no module runs before those that are: the framework's.
    scripts = f'<script src="{LOOK_PATH}"></script>{_framework_words(language)}'
    return page.replace("</head>", f"<style>{style}</style>{scripts}</head>")


def _framework_words(language: Language) -> str:
    """The framework says its words in English; for another language each with ours, and the script that sets it."""
    if language == "en":
        return ""
    own, ours = catalogue("en"), catalogue(language)
    pairs = [(own[key], ours[key]) for key in own if key.startswith("framework.")]
    told = json.dumps(pairs, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="kanhu-words">{told}</script><script src="{WORDS_PATH}"></script>'


@cache
def content_security_policy() -> str:
    """What a page may load: only from here. The few inline scripts of Streamlit's page are named by their hashes."""
    scripts = re.findall(r"<script>(.*?)</script>", STREAMLIT_INDEX.read_text(encoding="utf-8"), re.DOTALL)
    hashes = (base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in scripts)
    return "; ".join(
        (
            "default-src 'self'",
            "script-src 'self' " + " ".join(f"'sha256-{digest}'" for digest in hashes),
            # Streamlit's widgets write their styles as they go.
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "frame-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "form-action 'self'",
        )
    )
