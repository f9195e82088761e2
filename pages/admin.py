"""Who may sign in, what was done by whom, and is the system sound? Nothing of any household."""

import streamlit as st

from warehouse.app_db import app_db, sessions
from warehouse.health import health, on_disk
from warehouse.i18n import t
from warehouse.profiles import load_profile
from warehouse.sections.accounts import accounts_section
from warehouse.sections.audit_trail import audit_section
from warehouse.sections.backup import backup_section
from warehouse.session import choice_in_url, freshness_line, header, require_scope, table
from warehouse.settings import load_settings
from warehouse.words import admin as words

scope = require_scope("admin")
settings = load_settings()
header(t("admin.title"), t("admin.question"))
freshness_line(scope)
sections = ("accounts", "sessions", "audit", "backup", "health")
section = choice_in_url("section", sections, t("admin.title"), lambda name: t(f"admin.section.{name}"))

if section == "accounts":
    accounts_section(scope, load_profile(settings.profile))

if section == "sessions":
    shown = words.sessions(sessions.open_sessions(app_db()))
    st.caption(t("admin.sessions_note"))
    table(shown, words.session_columns(), key="admin_sessions")

if section == "audit":
    audit_section(scope)

if section == "backup":
    backup_section(scope)

if section == "health":
    with st.spinner(t("admin.health.looking")):
        findings = health(settings)
    st.markdown(f"**{words.health_summary(findings)}**")
    found = words.health(findings)
    table(found, words.health_columns(), key="admin_health", height=min(560, 35 * found.height + 38))
    st.markdown(f"## {t('admin.section.disk')}")
    table(words.sizes(on_disk(settings)), words.size_columns(), key="admin_disk")
