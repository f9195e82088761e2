"""The frame around every page: who asks, which pages open for them, and the page itself."""

import streamlit as st

from warehouse.session import frame, page_icon, require_scope

st.set_page_config(page_title="Kanhu", page_icon=page_icon(), layout="wide")
scope = require_scope("app")
frame(scope)
