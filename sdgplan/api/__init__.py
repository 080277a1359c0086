"""The read-only API under /api/v1/: one declaration of each resource serves it and describes it (OpenAPI 3.1)."""
