"""Django settings, all of them from the environment.

A local run needs none: `manage.py` starts the embedded servers and fills in DATABASE_URL,
REDIS_URL, SECRET_KEY and USERFERRY_ENCRYPTION_KEYS. `docs/operations.md` lists every variable.
"""

import json
import os
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from kombu import Exchange, Queue

from accounts.hashing import django_hasher_paths
from accounts.passwords.profiles import PROFILES

BASE_DIR = Path(__file__).resolve().parent.parent


def read_flag(name: str, *, default: bool) -> bool:
    """Return an environment variable as a boolean; `1`, `true`, `yes` and `on` are true."""
    return os.environ.get(name, str(default)).strip().lower() in {"1", "true", "yes", "on"}


def read_list(name: str, default: str = "") -> list[str]:
    """Return a comma-separated environment variable as a list without blanks."""
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


Number = TypeVar("Number", int, float)


def read_positive(name: str, default: str, kind: type[Number]) -> Number:
    """Return an environment variable that is a number above zero."""
    text = os.environ.get(name, default)
    try:
        number = kind(text)
    except ValueError:
        number = kind(0)
    if not 0 < number < 1e9:
        raise ImproperlyConfigured(f"{name} is “{text}”. Set it to a number above zero.")
    return number


def require(name: str) -> str:
    """Return an environment variable that has no safe default."""
    try:
        return os.environ[name]
    except KeyError:
        raise ImproperlyConfigured(
            f"{name} is not set. Run through manage.py to use the embedded servers and generated"
            " keys, or set it: docs/operations.md says how."
        ) from None


DEBUG = read_flag("DEBUG", default=False)
SECRET_KEY = require("SECRET_KEY")
# "id:base64 of 32 bytes", comma-separated. The first key encrypts, all of them decrypt.
ENCRYPTION_KEYS = read_list("USERFERRY_ENCRYPTION_KEYS")

ALLOWED_HOSTS = read_list("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = read_list("CSRF_TRUSTED_ORIGINS")
# Everything but a run on this machine alone is served over HTTPS.
HTTPS = read_flag("HTTPS", default=False)
SECURE_SSL_REDIRECT = HTTPS
HSTS = read_flag("HSTS", default=HTTPS)
SECURE_HSTS_SECONDS = 31_536_000 if HSTS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HSTS
SECURE_HSTS_PRELOAD = HSTS
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
if read_flag("BEHIND_PROXY", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("TRUSTED_PROXY_COUNT", "1"))
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

INSTALLED_APPS = [
    "importer_site",
    "accounts",
    "imports",
    "interfaces.oidc",
    "exports",
    "importer_site.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.github",
    "allauth.socialaccount.providers.google",
    "allauth.socialaccount.providers.microsoft",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "importer_site.apps.ApiAccessConfig",
    "import_export",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "importer_site.middleware.ReadToEndMiddleware",
    "imports.api.requests.middleware.ProblemDetailsMiddleware",
    "interfaces.secureauth.errors.ErrorFormMiddleware",
    "interfaces.scim.middleware.ErrorFormMiddleware",
    "interfaces.auth0.errors.ErrorFormMiddleware",
    "interfaces.hooks.middleware.ErrorFormMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "importer_site.request_bodies.BodyLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "importer_site.middleware.RefuseNulMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.ExternalSignInMiddleware",
    "interfaces.oidc.middleware.ApplicationTargetMiddleware",
    "accounts.middleware.BusyMiddleware",
]

ROOT_URLCONF = "importer_site.urls"
WSGI_APPLICATION = "importer_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
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

# DATABASE_URL and REDIS_URL are set by manage.py when the embedded servers are used.
DATABASES = {
    "default": dj_database_url.parse(
        require("DATABASE_URL"), conn_max_age=60, conn_health_checks=True
    )
}
# PostgreSQL logs a statement that fails: it must not hold the values, which may be hashes.
DATABASES["default"].setdefault("OPTIONS", {})["server_side_binding"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = require("REDIS_URL")
# Sign-in throttling and one-time-code replay protection live in the cache: it must be shared.
CACHES = {"default": {"BACKEND": "importer_site.cache.SharedRedisCache", "LOCATION": REDIS_URL}}

# What applications beside imports add to the API: prefix and router of each.
API_PARTS = {"/exports": "exports.api.router"}

CELERY_BROKER_URL = REDIS_URL
# Workers take from both queues unless told otherwise. Staging alone reads uploaded files, so a host
# without them runs its workers with `--queues celery`.
CELERY_TASK_QUEUES = [
    Queue(name, Exchange(name), routing_key=name) for name in ("celery", "staging")
]
CELERY_TASK_ROUTES = {"imports.tasks.stage": {"queue": "staging", "routing_key": "staging"}}
# Tasks keep the connection for as long as DATABASES says: see importer_site.celery.
CELERY_DB_REUSE_MAX = 1_000_000_000
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Longer than any chunk: a message redelivered early only finds its chunk claimed and ends.
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 3600}
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    # A sweep that nobody began before the next one is due is not worth doing.
    "sweep": {"task": "imports.tasks.sweep", "schedule": 15.0, "options": {"expires": 15}},
    # One pass over all users: a second or two for a million and a half.
    "count_sources": {
        "task": "imports.tasks.count_sources",
        "schedule": 600.0,
        "options": {"expires": 600},
    },
    "mark": {"task": "imports.tasks.mark_moved", "schedule": 15.0, "options": {"expires": 15}},
    "invite": {
        "task": "imports.tasks.send_invitations",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    # What an import has left to be hashed; it goes on by itself until nothing is left.
    "hash": {
        "task": "imports.tasks.hash_passwords",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
    "purge": {"task": "imports.tasks.purge_expired", "schedule": 3600.0},
    "keys": {"task": "interfaces.oidc.tasks.keep_keys", "schedule": 3600.0},
}

AUTH_USER_MODEL = "accounts.User"
# Whoever it finds nobody for is looked for in the legacy directories that are set up.
AUTHENTICATION_BACKENDS = ["imports.backends.MigratingBackend"]
PASSWORD_HASHERS = django_hasher_paths()
# What hashing a password takes: for new passwords, and for imported ones at the first sign-in.
PASSWORD_COST_PROFILE = os.environ.get("PASSWORD_COST_PROFILE", "owasp")
if PASSWORD_COST_PROFILE not in PROFILES:
    raise ImproperlyConfigured(f"PASSWORD_COST_PROFILE is one of: {', '.join(PROFILES)}.")
# What verifying one password may take, and how many a process verifies at once.
PASSWORD_CPU_SECONDS = read_positive("PASSWORD_CPU_SECONDS", "2", float)
PASSWORD_MEMORY_MIB = read_positive("PASSWORD_MEMORY_MIB", "1024", int)
PASSWORD_CHECKS_AT_ONCE = read_positive("PASSWORD_CHECKS_AT_ONCE", "2", int)
# How long a sign-in waits for its turn before it is told to try again.
PASSWORD_WAIT_SECONDS = read_positive("PASSWORD_WAIT_SECONDS", "5", float)
# Of all cores of the host whose worker hashes imported plain passwords in the background.
PASSWORD_HASHING_SHARE = min(1.0, read_positive("PASSWORD_HASHING_SHARE", "0.5", float))
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.passwords.length.MaximumLengthValidator"},
    *(
        {"NAME": f"django.contrib.auth.password_validation.{name}"}
        for name in (
            "UserAttributeSimilarityValidator",
            "MinimumLengthValidator",
            "CommonPasswordValidator",
            "NumericPasswordValidator",
        )
    ),
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.sign_in.adapters.AccountAdapter"
MFA_ADAPTER = "accounts.sign_in.adapters.MFAAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "username", "phone"}
# Not for signing up, which is closed: without "phone" here, none has to be confirmed by SMS.
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_PRESERVE_USERNAME_CASING = True
# Mandatory verification locks out people who were imported with a phone number and no e-mail.
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "accounts.sign_in.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_FORMS = {
    "add_email": "accounts.sign_in.forms.AddAddressForm",
    "login": "accounts.sign_in.forms.SignInForm",
    "request_login_code": "accounts.sign_in.forms.RequestCodeForm",
    "reset_password": "imports.views.directories.forms.MigratingResetForm",
}
SOCIALACCOUNT_ADAPTER = "accounts.sign_in.adapters.SocialAccountAdapter"
# Off: it would match strangers by an address, and wipe the imported password of whom it matches.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_FORMS = {"disconnect": "accounts.sign_in.forms.RemoveExternalLoginForm"}
# Providers are set up in the admin, or here: the JSON has allauth's own keys, such as "APPS".
EXTERNAL_PROVIDERS = json.loads(os.environ.get("SOCIALACCOUNT_PROVIDERS", "{}"))
SOCIALACCOUNT_PROVIDERS = {
    name: {"OAUTH_PKCE_ENABLED": True, **EXTERNAL_PROVIDERS.get(name, {})}
    for name in ("github", "google", "microsoft", "openid_connect")
}
# For how many seconds a password or code that was typed counts as a recent sign-in.
ACCOUNT_REAUTHENTICATION_TIMEOUT = int(os.environ.get("REAUTHENTICATION_SECONDS", "300"))

MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_FORMS = {
    "authenticate": "accounts.sign_in.forms.SecondFactorForm",
    "reauthenticate": "accounts.sign_in.forms.ConfirmSecondFactorForm",
}
MFA_TOTP_ISSUER = "Userferry"
# Accounts come from imports and administrators; somebody without a confirmed address, or with a
# phone number alone, may protect theirs too.
MFA_ALLOW_UNVERIFIED_EMAIL = True

# Applications that sign their users in here. Each refresh token is valid for as long as this, and
# replaced by another when it is used.
IDP_OIDC_ADAPTER = "interfaces.oidc.adapter.Adapter"
IDP_OIDC_REFRESH_TOKEN_EXPIRES_IN = 30 * 24 * 3600
CONNECTION_MAKERS = {"oidc": "interfaces.oidc.connecting"}
IDP_OIDC_RATE_LIMITS = {"introspect_client": "6000/m/key"}

# Where no mail server is named, mails are only printed. Senders hold a lock: none waits for ever.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "25"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = read_flag("EMAIL_USE_TLS", default=False)
EMAIL_USE_SSL = read_flag("EMAIL_USE_SSL", default=False)
EMAIL_TIMEOUT = 20
PRINTING = "importer_site.mail.PrintingEmailBackend"
EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND") or (
    "django.core.mail.backends.smtp.EmailBackend" if "EMAIL_HOST" in os.environ else PRINTING
)
# Where people reach the site: e-mails and webhooks that workers send link to it.
PUBLIC_URL = os.environ.get("PUBLIC_URL", "http://localhost:8000/")
MAIL_DOMAIN = urlsplit(PUBLIC_URL).hostname or "localhost"
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "userferry@localhost")

LANGUAGE_CODE = "en-gb"
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "importer_site.formats"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

DATA_DIR = Path(os.environ.get("USERFERRY_DATA_DIR", BASE_DIR / ".userferry"))
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", DATA_DIR / "static"))
STORAGES = {
    "default": {
        # Uploads hold hashes and secrets: private, never served by a URL.
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": os.environ.get("UPLOAD_DIR", DATA_DIR / "uploads"),
            "base_url": None,
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
        },
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
# Uploads are encrypted while they are received; those up to 2.5 MB stay in memory until then.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "imports.engine.files.receiving.SealingUploadHandler",
]
# A form posts one select and a few options for each source column.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000

# How many rows one chunk holds unless the job says otherwise, and how the pilot is cut.
IMPORT_CHUNK_ROWS = int(os.environ.get("IMPORT_CHUNK_ROWS", "2000"))
IMPORT_FIRST_SLICE_ROWS = int(os.environ.get("IMPORT_FIRST_SLICE_ROWS", "20"))
# How many seconds each kind of work may take before it counts as hanging: a chunk, of which 5,000
# plain passwords on one core are the slowest honest one; reading a file, or looking for duplicates
# in it; all else, of which what takes longer is done in turns.
IMPORT_CHUNK_SECONDS = int(os.environ.get("IMPORT_CHUNK_SECONDS", "1800"))
IMPORT_STAGING_SECONDS = int(os.environ.get("IMPORT_STAGING_SECONDS", "43200"))
IMPORT_TASK_SECONDS = int(os.environ.get("IMPORT_TASK_SECONDS", "600"))
# A busy job on which no worker has begun anything for this long gets its messages sent again.
IMPORT_IDLE_SECONDS = int(os.environ.get("IMPORT_IDLE_SECONDS", "30"))
# What runs workers for as long as a command waits for its job, where none are running.
IMPORT_WORKERS = "importer_site.local_run.workers.ensure_workers"
# The dotted name of a class that decides about conflicts beyond a job's table: docs/conflicts.md.
IMPORT_CONFLICT_RESOLVER = os.environ.get("IMPORT_CONFLICT_RESOLVER", "")
# “required”: a second person approves the plan of a dry run before it is imported.
IMPORT_APPROVAL = os.environ.get("IMPORT_APPROVAL", "off")
if IMPORT_APPROVAL not in {"off", "required"}:
    raise ImproperlyConfigured("IMPORT_APPROVAL is “off” or “required”.")
# By kind of connection: the dotted name of a function that says how to set up the other side.
CONNECTION_SETUPS = {"hook": "interfaces.hooks.setup.describe_setup"}
# The largest upload, in megabytes.
IMPORT_UPLOAD_MB = int(os.environ.get("IMPORT_UPLOAD_MB", "20480"))
# An upload is deleted when every row has a status, unless it is to stay for importing it again.
IMPORT_KEEP_UPLOADS = read_flag("IMPORT_KEEP_UPLOADS", default=False)
# Uploads, and what is kept of failed rows, are purged this long after the job was last worked on.
IMPORT_RETENTION_DAYS = int(os.environ.get("IMPORT_RETENTION_DAYS", "30"))

# Host names, or host:port, that webhooks and legacy directories may have; “*.example.com” is any
# host below it.
WEBHOOK_HOSTS = read_list("WEBHOOK_HOSTS")
LEGACY_DIRECTORY_HOSTS = read_list("LEGACY_DIRECTORY_HOSTS")
# Those from which sign-in hooks may fetch the keys of token issuers.
TOKEN_ISSUER_HOSTS = read_list(
    "TOKEN_ISSUER_HOSTS", "login.microsoftonline.com,*.ciamlogin.com,*.windows.net"
)
# Certificates of an authority of one's own, in one PEM file, instead of the public ones.
LEGACY_DIRECTORY_CA_FILE = os.environ.get("LEGACY_DIRECTORY_CA_FILE", "")
# How many failed questions about one account and from one address, in each hour, and how many
# questions of any kind in each minute, reach directories at all.
LEGACY_DIRECTORY_ACCOUNT_LIMIT = int(os.environ.get("LEGACY_DIRECTORY_ACCOUNT_LIMIT", "10"))
LEGACY_DIRECTORY_ADDRESS_LIMIT = int(os.environ.get("LEGACY_DIRECTORY_ADDRESS_LIMIT", "100"))
LEGACY_DIRECTORY_BUDGET = int(os.environ.get("LEGACY_DIRECTORY_BUDGET", "1200"))

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "change"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "view"
IMPORT_EXPORT_TMP_STORAGE_CLASS = "accounts.previewed_files.SealedStorage"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    # A worker that ends puts a message that it has fetched back into the queue, and warns of it.
    "loggers": {"kombu.transport.virtual.base": {"level": "ERROR"}},
}
