"""The yardstick of the pages: an empty page with one constant chart. Served by Streamlit alone, without Kanhu."""

import streamlit as st

st.vega_lite_chart(
    spec={
        "data": {"values": [{"month": n, "share": n / 12} for n in range(1, 13)]},
        "mark": "line",
        "encoding": {"x": {"field": "month"}, "y": {"field": "share", "type": "quantitative"}},
    },
    theme=None,
)
