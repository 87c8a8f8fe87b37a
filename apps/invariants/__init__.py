"""What must always hold: named checks, when each ran last, and what broke it.

Owns no rule: every app registers its own. Repairs are verbs of the apps whose rows they mend.
"""
