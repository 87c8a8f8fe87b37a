"""
The bricks of the staff site, without business words: roles, columns, panels, verbs, record pages.

Apps build their `admin` rooms with them. Records are for looking; a verb is the only way to change.
"""
