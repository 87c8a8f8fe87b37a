"""E-mail to customers: templates, the log of every mail, and the sandbox's mailbox.

Owns no occasion: the apps above say what happened, it writes, sends once and remembers.
"""
