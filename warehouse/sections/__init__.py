"""Parts of pages that more than one page shows. Like a page, they ask, word and show; unlike one, they have no scope of
their own: the page gives it."""
