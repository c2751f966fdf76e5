"""What one process holds in memory: rooms, their followers, who is there."""
