"""A chat in a terminal: a client of the protocol, and the screens that it is shown on."""
