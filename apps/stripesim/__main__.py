"""`python -m apps.stripesim` runs the sandbox Stripe."""

from .server import serve

if __name__ == "__main__":
    serve()
