"""
The staff site: its shell, dashboard, search and the screens that cross domains.

Owns no business rule and no table: records are shown by each app's own `admin`, built from
`apps.core.staff`, and every verb calls the operation of the app that owns it.
"""
