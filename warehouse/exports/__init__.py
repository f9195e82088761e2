"""Files that leave the office: frames in, bytes out. No queries here."""
