"""What each command of the protocol does: a module for each family, and the table of all."""
