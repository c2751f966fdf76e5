"""The ASGI server under the site: uvicorn's protocols, and what stands before the pages."""
