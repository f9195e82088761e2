"""The pages of docs/ that are made from the catalogues, so that they never tell anything else than the code does."""

from warehouse.reference.pages import DOCS, pages, write_pages

__all__ = ["DOCS", "pages", "write_pages"]
