"""Second pairs of eyes: plans above a threshold wait here for another person, and run out.

Owns no verbs: what is agreed to is carried out by the verb that was planned.
"""
