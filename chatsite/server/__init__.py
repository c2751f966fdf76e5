"""The ASGI server: uvicorn's protocols, extended, and middleware around Django's pages."""
