"""The services that benefits reach, and files."""

from config.env import env

DISCORD_API_URL: str = env.str("DISCORD_API_URL", default="https://discord.com/api/v10").rstrip("/")
GITHUB_API_URL: str = env.str("GITHUB_API_URL", default="https://api.github.com").rstrip("/")
# Where customers agree that their account is linked.
DISCORD_AUTHORIZE_URL: str = env.str(
    "DISCORD_AUTHORIZE_URL", default="https://discord.com/oauth2/authorize"
)
GITHUB_URL: str = env.str("GITHUB_URL", default="https://github.com").rstrip("/")

# Where files lie: the media directory, or a bucket of S3 (or what speaks like it) if it has a name.
FILES_S3_BUCKET: str = env.str("FILES_S3_BUCKET", default="")
FILES_S3_ENDPOINT: str = env.str("FILES_S3_ENDPOINT", default="")
FILES_S3_REGION: str = env.str("FILES_S3_REGION", default="us-east-1")
FILES_S3_ACCESS_KEY: str = env.str("FILES_S3_ACCESS_KEY", default="")
FILES_S3_SECRET_KEY: str = env.str("FILES_S3_SECRET_KEY", default="")
# The largest file that may be sold, and the largest part of one, in bytes.
FILES_MAX_SIZE: int = env.int("FILES_MAX_SIZE", default=10 * 1024**3)
FILES_MAX_PART_SIZE: int = env.int("FILES_MAX_PART_SIZE", default=100 * 1024**2)
FILES_STORAGE: dict[str, object] = {"BACKEND": "django.core.files.storage.FileSystemStorage"}
if FILES_S3_BUCKET:
    FILES_STORAGE = {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": FILES_S3_BUCKET,
            "endpoint_url": FILES_S3_ENDPOINT or None,
            "region_name": FILES_S3_REGION,
            "access_key": FILES_S3_ACCESS_KEY or None,
            "secret_key": FILES_S3_SECRET_KEY or None,
            "signature_version": "s3v4",
            "querystring_auth": True,
            "default_acl": None,
        },
    }
