"""SQLite as this site uses it: a library without its known fault, and files of one's own."""
