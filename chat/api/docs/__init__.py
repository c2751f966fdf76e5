"""What the doors are, for programs (AsyncAPI) and for people who try them out (a page)."""
