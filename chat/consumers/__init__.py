"""The WebSocket entry points: consumers of Channels, their routing and the check of origins."""
