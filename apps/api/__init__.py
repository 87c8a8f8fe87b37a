"""The ground of the merchant API: versions, errors, pages, scopes, limits, idempotency. No resources."""
