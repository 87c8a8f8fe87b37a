"""The merchant API: DRF, its versions, limits and documentation."""

from config.env import env

API_VERSIONS = ("2026-04", "2026-10", "2027-01")
API_DEFAULT_VERSION = "2026-04"
API_BODY_LIMIT_BYTES: int = env.int("API_BODY_LIMIT_BYTES", default=10 * 1024 * 1024)
# Only behind a proxy that sets True-Client-IP itself; anyone else could forge it.
API_TRUST_CLIENT_IP_HEADER: bool = env.bool("API_TRUST_CLIENT_IP_HEADER", default=False)
API_CORS_ORIGINS: list[str] = env.list("API_CORS_ORIGINS", default=[])
# Requests per minute and organization, by its rate-limit group.
API_RATE_LIMITS: dict[str, int] = {
    "restricted": env.int("API_RATE_RESTRICTED", default=60),
    "default": env.int("API_RATE_DEFAULT", default=500),
    "elevated": env.int("API_RATE_ELEVATED", default=6000),
    "anonymous": env.int("API_RATE_ANONYMOUS", default=60),
}
# Requests per second of programs that ask about their licence keys without a token, by address;
# whoever sends more is shut out for a minute.
API_RATE_LICENSE_KEYS: int = env.int("API_RATE_LICENSE_KEYS", default=3)
# Requests per minute of a customer's session.
API_RATE_CUSTOMER: int = env.int("API_RATE_CUSTOMER", default=120)
# Mails that a customer asks for and tries of their tokens, a minute; twice as many an hour.
API_RATE_MAILED: int = env.int("API_RATE_MAILED", default=6)
DATA_UPLOAD_MAX_MEMORY_SIZE = API_BODY_LIMIT_BYTES

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "apps.organizations.api.authentication.AccessTokenAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["apps.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["apps.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["apps.api.parsers.OrjsonParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "apps.api.negotiation.JsonOnly",
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_SCHEMA_CLASS": "apps.api.schema.ApiSchema",
    "EXCEPTION_HANDLER": "apps.api.errors.respond_to_exception",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Comptroller API",
    "DESCRIPTION": "Wire-compatible with the Polar API.",
    "VERSION": API_DEFAULT_VERSION,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "apps.api.document.finish",
    ],
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "ENUM_NAME_OVERRIDES": {
        "Interval": "apps.catalog.api.serializers.INTERVALS",
        "TaxBehavior": "apps.catalog.api.serializers.TAX_BEHAVIORS",
        "TierType": "apps.catalog.api.serializers.TIER_TYPES",
        "CustomerType": "apps.customers.api.serializers.CUSTOMER_TYPES",
        "DiscountType": "apps.discounts.api.serializers.TYPES",
        "ProrationBehavior": "apps.subscriptions.api.serializers.BEHAVIORS",
        "CancellationReason": "apps.subscriptions.api.serializers.CANCELLATION_REASONS",
        "MemberRole": "apps.customers.api.member_inputs.ROLES",
        "CustomFieldType": "apps.catalog.api.field_views.TYPES",
        "Visibility": "apps.catalog.api.serializers.VISIBILITIES",
        "WebhookEventType": "apps.webhooks.registry.EVENT_TYPES",
    },
}
