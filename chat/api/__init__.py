"""Entry points over HTTP: the API under /api/v1/, its documents, and health."""
