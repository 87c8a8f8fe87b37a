"""What every environment shares; one module per subject beside this one."""

from django.core.exceptions import ImproperlyConfigured

from config.env import DATA_DIR as DATA_DIR
from config.env import ENVIRONMENT, IS_SANDBOX, ROOT, env, sandbox_secret
from config.settings.access import *  # noqa: F403
from config.settings.api import *  # noqa: F403
from config.settings.backoffice import *  # noqa: F403
from config.settings.benefits import *  # noqa: F403
from config.settings.billing import *  # noqa: F403
from config.settings.browsers import *  # noqa: F403
from config.settings.databases import *  # noqa: F403
from config.settings.jobs import *  # noqa: F403
from config.settings.logs import *  # noqa: F403
from config.settings.mail import *  # noqa: F403
from config.settings.observing import *  # noqa: F403
from config.settings.processors import *  # noqa: F403

COMPTROLLER_ENV = ENVIRONMENT
SANDBOX: bool = IS_SANDBOX
# How many customers live at once when a test clock is moved.
SANDBOX_CLOCK_THREADS: int = env.int("SANDBOX_CLOCK_THREADS", default=4)

SECRET_KEY: str = sandbox_secret("SECRET_KEY")
# Long random phrases, separated by commas: the first encrypts, all of them decrypt.
ENCRYPTION_KEYS: tuple[str, ...] = tuple(
    phrase.strip() for phrase in sandbox_secret("ENCRYPTION_KEYS").split(",") if phrase.strip()
)
if not ENCRYPTION_KEYS:
    raise ImproperlyConfigured("ENCRYPTION_KEYS holds no key.")
DEBUG = False
HOST: str = env.str("HOST", default="127.0.0.1")
PORT: int = env.int("PORT", default=8000)
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
# On all addresses of the machine; nobody can be sent to such a "host".
LISTENS_EVERYWHERE = HOST in ("0.0.0.0", "::")  # noqa: S104
_name = "127.0.0.1" if LISTENS_EVERYWHERE else f"[{HOST}]" if ":" in HOST else HOST
# Where browsers and merchants reach us; links in mails and checkouts are built on it.
BASE_URL: str = env.str("BASE_URL", default=f"http://{_name}:{PORT}").rstrip("/")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
AUTH_USER_MODEL = "accounts.User"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The Polar API has exact paths: a redirect would break its clients, which follow none.
APPEND_SLASH = False

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "apps.backoffice.admin_config.StaffSiteConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "template_partials",
    "django_filters",
    "djmoney",
    "djmoney.contrib.exchange",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "apps.core",
    "apps.api",
    "apps.accounts",
    "apps.events",
    "apps.processors",
    "apps.invariants",
    "apps.approvals",
    "apps.organizations",
    "apps.ledger",
    "apps.notifications",
    "apps.webhooks",
    "apps.files",
    "apps.customers",
    "apps.catalog",
    "apps.tax",
    "apps.benefits",
    "apps.discounts",
    "apps.license_keys",
    "apps.seats",
    "apps.wallets",
    "apps.orders",
    "apps.payments",
    "apps.payouts",
    "apps.disputes",
    "apps.subscriptions",
    "apps.checkouts",
    "apps.sandbox",
    "apps.reconciliation",
    "apps.backoffice",
    "apps.portal",
]

MIDDLEWARE = [
    "apps.api.observing.ObservingMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "apps.api.middleware.ApiMiddleware",
    "apps.api.routing.RoutingMiddleware",
    "apps.core.content_policy.ContentPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "apps.accounts.middleware.StaffSessionMiddleware",
]

if DATABASE_REPLICA_URL:
    # Above what answers the API.
    MIDDLEWARE.insert(
        MIDDLEWARE.index("apps.api.middleware.ApiMiddleware"),
        "apps.core.replica.middleware.ReplicaMiddleware",
    )

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": FILES_STORAGE,
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "media"
