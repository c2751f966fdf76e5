"""What one process holds in memory: rooms and their followers, who is present, who is connected."""
