"""What the processes of one site send each other: hints, typed, over the channel layer."""
