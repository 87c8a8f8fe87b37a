"""
Second pairs of eyes: limits of one person, and plans above them that wait for another one.

Owns no verbs: what is agreed to is carried out by the verb that was planned, as its own forms and
operations do it. See `docs/algorithms/approvals.md`.
"""
