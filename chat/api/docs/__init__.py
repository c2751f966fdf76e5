"""Documentation of the sockets for programs (AsyncAPI), and a page to try the API out."""
