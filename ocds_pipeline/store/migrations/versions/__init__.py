"""One module a version of the tables, applied in order."""
