"""One client, whatever the transport: who it is, its commands, its way out."""
