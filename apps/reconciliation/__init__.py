"""
Compares the books with the processor's statement, and plans the repair of every difference.

Imports the fees that the processor bills apart. Owns no money: repairs are operations of the apps
below.
"""
