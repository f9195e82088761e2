"""Backup and restore: everything that could not be made again, in one encrypted file, and back."""

# In a data folder: a restore that was proved and whose last moves are not done.
READY = ".restored"
