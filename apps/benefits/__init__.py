"""What a purchase gives: benefits, and grants that follow what is paid.

One strategy a type behind one interface. Licence keys live in an app of their own above.
"""
