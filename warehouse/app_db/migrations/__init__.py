"""How the tables came to be as they are: one revision a step, run when the database is opened."""
