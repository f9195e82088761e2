"""The pages served: Streamlit as an ASGI app behind our own guard, sign-in and downloads."""

from warehouse.server.run import serve

__all__ = ["serve"]
