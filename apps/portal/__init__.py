"""
The customers' own pages: what they bought, what it costs, and what they may change of it.

They sign in by a mailed code, or come with the token of a session that their merchant made. Owns
no tables: each page shows what the apps below tell, each form is one operation of theirs.
"""
