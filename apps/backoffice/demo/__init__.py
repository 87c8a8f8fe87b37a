"""
The demo world of a sandbox: staff logins, one merchant, and what it sold.

Made through the operations that everybody uses, from a fixed seed, and safe to make again: what is
there already stays as it is.
"""
