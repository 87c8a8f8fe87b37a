"""The ground of the merchant API: versions, errors, pages, scopes, limits. No resources."""
