"""
What browsers are told that they may load, by the beginning of the address; the first that fits.

Scripts and styles come from files of our own. What is looser than that stands in
`docs/decisions/0061-content-policies.md`.
"""

from config.env import IS_SANDBOX

# Where Stripe.js comes from, as `STRIPE_JS_URL` says.
_STRIPE = "{stripe}"
# What the real one needs beside that, as its documentation lists it.
_scripts = [] if IS_SANDBOX else ["https://*.js.stripe.com", "https://maps.googleapis.com"]
_frames = [] if IS_SANDBOX else ["https://*.js.stripe.com", "https://hooks.stripe.com"]
_calls = [] if IS_SANDBOX else ["https://api.stripe.com", "https://maps.googleapis.com"]
# Pictures of merchants, and where a form of a buyer may lead in the end, are anywhere.
_anywhere = ["https:", "http:"] if IS_SANDBOX else ["https:"]

_nothing = {
    "default-src": ["'none'"],
    "base-uri": ["'none'"],
    "form-action": ["'self'"],
    "frame-ancestors": ["'none'"],
    "style-src": ["'self'"],
    "img-src": ["'self'", "data:", *_anywhere],
}
CONTENT_POLICIES: tuple[tuple[str, dict[str, list[str]]], ...] = (
    (
        "/backoffice/",
        {
            **_nothing,
            # Unfold comes with Alpine's standard build, which evaluates what attributes say.
            "script-src": ["'self'", "'unsafe-eval'"],
            "style-src-attr": ["'unsafe-inline'"],
            "font-src": ["'self'"],
            "connect-src": ["'self'"],
            "frame-src": ["'self'"],
        },
    ),
    (
        "/checkout",
        {
            **_nothing,
            "script-src": ["'self'", _STRIPE, *_scripts],
            "style-src-attr": ["'unsafe-inline'"],
            "frame-src": [_STRIPE, *_frames],
            "connect-src": ["'self'", _STRIPE, *_calls],
            "form-action": ["'self'", *_anywhere],
        },
    ),
    ("/linked-accounts", {**_nothing, "script-src": ["'self'"]}),
    (
        "/portal/",
        {
            **_nothing,
            "script-src": ["'self'", _STRIPE, *_scripts],
            "style-src-attr": ["'unsafe-inline'"],
            "frame-src": [_STRIPE, *_frames],
            "connect-src": ["'self'", _STRIPE, *_calls],
        },
    ),
    (
        "/docs/reference",
        {
            **_nothing,
            # Redoc draws with styles of its own making, and searches in a worker. The page shows
            # what everybody may read, and has no session.
            "script-src": ["'self'"],
            "style-src": ["'self'", "'unsafe-inline'"],
            # Not its maker's logo, which it would fetch from their servers.
            "img-src": ["'self'", "data:"],
            "connect-src": ["'self'"],
            "worker-src": ["blob:"],
        },
    ),
    ("/docs", {**_nothing, "script-src": ["'self'"]}),
    ("/sandbox", {**_nothing, "script-src": ["'self'"], "connect-src": ["'self'"]}),
    ("/", _nothing),
)
PERMISSIONS_POLICY = (
    "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), usb=(), "
    'payment=(self "{stripe}")'
)
SECURE_REFERRER_POLICY = "same-origin"
