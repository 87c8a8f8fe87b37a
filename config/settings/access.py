"""How staff prove who they are: second factors, lockouts, confirmations, sessions."""

from config.env import IS_SANDBOX, env

# Roles that a password alone does not open; everybody else may have a second factor.
SECOND_FACTOR_ROLES: tuple[str, ...] = tuple(
    env.list("SECOND_FACTOR_ROLES", default=[] if IS_SANDBOX else ["finance", "admin"])
)
# How long a proof is good for verbs that move money or change a status.
CONFIRMATION_SECONDS: int = env.int("CONFIRMATION_SECONDS", default=15 * 60)
# How many wrong tries lock an account, or an address, and for how long.
SIGN_IN_ACCOUNT_TRIES: int = env.int("SIGN_IN_ACCOUNT_TRIES", default=5)
SIGN_IN_ADDRESS_TRIES: int = env.int("SIGN_IN_ADDRESS_TRIES", default=30)
SIGN_IN_LOCK_SECONDS: int = env.int("SIGN_IN_LOCK_SECONDS", default=15 * 60)
# How long a session lasts that is not used.
SESSION_COOKIE_AGE: int = env.int("SESSION_HOURS", default=24 * 7) * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# Of the library only the factors are used, under pages of our own.
MFA_ADAPTER = "apps.accounts.mfa.SealingAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Comptroller"
MFA_RECOVERY_CODE_DIGITS = 10
MFA_PASSKEY_LOGIN_ENABLED = True
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]

# Where GitHub publishes the keys with which it signs what it tells of leaked secrets:
# https://api.github.com/meta/public_keys/secret_scanning. Nobody is listened to while it is empty.
SECRET_SCANNING_KEYS_URL: str = env.str("SECRET_SCANNING_KEYS_URL", default="")
