"""Settings of the project: one file, everything deployable read from the environment.

docs/deployment.md describes each setting; a test compares that page with the names read here. A file named .env
beside manage.py is read first, so that a working copy needs no exported variables.
"""

import os
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)

# In production nothing is guessed: a missing or careless setting stops the start and is named.
SECRET_KEY = env.str("SECRET_KEY", default="only-for-debug" if DEBUG else "")
ALLOWED_HOSTS = [
    host.strip()
    for host in env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]", "testserver"] if DEBUG else [])
]
DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'var' / 'sdgplan.sqlite3'}" if DEBUG else "")
if not DEBUG:
    faults = []
    if len(SECRET_KEY) < 50 or SECRET_KEY.startswith(("put-the-", "django-insecure-")):  # examples that others know
        faults.append("SECRET_KEY (50자 이상의 임의 문자열)")
    if not ALLOWED_HOSTS:
        faults.append("ALLOWED_HOSTS (접속 주소, 쉼표로 구분)")
    elif "*" in ALLOWED_HOSTS:
        faults.append("ALLOWED_HOSTS (*는 쓸 수 없음)")
    if not DATABASE_URL:
        faults.append("DATABASE_URL (예: postgres://사용자:비밀번호@호스트/이름)")
    if faults:
        raise ImproperlyConfigured(
            "운영 환경에 필요한 설정이 없거나 올바르지 않습니다: "
            + ", ".join(faults)
            + ". 내 컴퓨터에서 시험하려면 DEBUG=true로 두십시오. (docs/deployment.md)"
        )

INSTALLED_APPS = [
    "commons",
    "accounts",
    "plans",
    "indicators",
    "stakeholders",
    "sdgplan",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "csp",
    "django_filters",
    "import_export",
    "django_tasks_db",
]

MIDDLEWARE = [
    "sdgplan.middleware.HealthMiddleware",
    "sdgplan.middleware.KnownHostMiddleware",
    "sdgplan.middleware.VisitorAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    *([] if DEBUG else ["whitenoise.middleware.WhiteNoiseMiddleware"]),
    "plans.stamps.PublicPageMiddleware",
    "sdgplan.headers.strict_headers",
    "sdgplan.headers.ContentSecurityMiddleware",
    "sdgplan.middleware.UnusableAddressMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "accounts.middleware.SignedInMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "sdgplan.urls"
WSGI_APPLICATION = "sdgplan.wsgi.application"

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
                "sdgplan.context_processors.site",
            ],
            "builtins": ["django.templatetags.i18n", "commons.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "commons.widgets.PrintingRenderer"

# Databases: SQLite is the embedded default, PostgreSQL the production engine.
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    if DATABASES["default"]["NAME"] != ":memory:":
        Path(DATABASES["default"]["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    # IMMEDIATE takes the write lock when a transaction begins, so that writers wait instead of failing half way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
    if DATABASES["default"]["ENGINE"].endswith("postgresql"):
        # A database host that went away without a word is noticed in seconds; DATABASE_URL may say otherwise.
        DATABASES["default"]["OPTIONS"] = {
            "connect_timeout": 5,
            "keepalives_idle": 30,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "tcp_user_timeout": 30_000,
        } | DATABASES["default"].get("OPTIONS", {})
# Opening a connection costs more than most pages ask of it, with SQLite too.
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.str("CACHE_URL", default="locmemcache://")
# Public pages are kept apart from what is counted, so that many of them never push out the count of attempts.
PAGE_CACHE_URL = env.str("PAGE_CACHE_URL", default=CACHE_URL)
CACHES = {
    "default": env.cache_url_config(CACHE_URL),
    "pages": {**env.cache_url_config(PAGE_CACHE_URL), "KEY_PREFIX": "pages"},
}
if CACHES["pages"]["BACKEND"].endswith("LocMemCache"):
    CACHES["pages"] |= {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 1000}}
# One server can keep its cache in its own memory; several share one in Redis, and go on without it when it is gone.
for _cache in CACHES.values():
    if _cache["BACKEND"].endswith("RedisCache"):
        _cache["BACKEND"] = "commons.caching.ForgivingRedisCache"
# What many public pages show is kept in each process for as long as nothing of it changes (commons/read_model.py).
KEEP_READ_MODEL = env.bool("KEEP_READ_MODEL", default=True)

# People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 60 * 60  # seconds a link in a mail holds
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", default=not DEBUG)
# Wrong passwords and codes within an hour before sign-in is held off (docs/security.md gives the reasons): for one
# account from one address, for one account from unknown addresses, from one address for accounts unknown there.
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=10)
LOGIN_FAILURE_LIMIT_ACCOUNT = env.int("LOGIN_FAILURE_LIMIT_ACCOUNT", default=50)
LOGIN_FAILURE_LIMIT_ADDRESS = env.int("LOGIN_FAILURE_LIMIT_ADDRESS", default=50)
AXES_COOLOFF_TIME = 1  # hours
AXES_HANDLER = "accounts.lockout.SignInGuard"
AXES_LOCKOUT_CALLABLE = "accounts.lockout.locked_page"
AXES_CLIENT_IP_CALLABLE = "commons.visitors.visitor_of"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # so that the page can say until when
AXES_SENSITIVE_PARAMETERS = [
    *("username", "ip_address", "code", "secret", "email", "csrfmiddlewaretoken"),
    *("old_password", "new_password1", "new_password2"),
]
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False  # accounts:locks shows what is locked

# Language and time
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", "한국어")]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Asia/Seoul"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True
FORMAT_MODULE_PATH = ["sdgplan.formats"]

# Files
STATIC_URL = env.str("STATIC_URL", default="/static/")
STATIC_ROOT = env.path("STATIC_ROOT", default=str(BASE_DIR / "var" / "static"))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(BASE_DIR / "var" / "media"))
# The private key that signs backups; `manage.py backup_key` or the first backup makes it (sdgplan/backups/signing.py).
BACKUP_KEY = env.path("BACKUP_KEY", default=str(BASE_DIR / "var" / "backup-key.pem"))
STORAGES = {
    "default": {"BACKEND": "commons.files.WholeFileStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

# The reports bring lxml along. Uploaded workbooks are read through defusedxml all the same, which refuses entities.
os.environ["OPENPYXL_LXML"] = "False"

# Uploads. Files are kept outside the web root and handed out by views that ask who wants them. How large one file may
# be is said at its field (10 MB); the proxy limits the whole request (docs/deployment.md).
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024  # all that is not a file
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # the largest grid sends about nine fields per indicator
DATA_UPLOAD_MAX_NUMBER_FILES = 20
FILE_UPLOAD_PERMISSIONS = 0o640

# What takes a while is put into a queue (commons/tasks.py): rows of the database, or Redis for several machines.
QUEUE_URL = env.str("QUEUE_URL", default="")
TASKS = {"default": {"BACKEND": "django_tasks_rq.RQBackend" if QUEUE_URL else "django_tasks_db.DatabaseBackend"}}
if QUEUE_URL:
    INSTALLED_APPS += ["django_rq"]
    MIGRATION_MODULES = {"django_rq": None}  # it has no tables; a backup must not depend on where the queue is
    RQ_QUEUES = {"default": {"URL": QUEUE_URL, "DEFAULT_TIMEOUT": 15 * 60}}
    RQ_SHOW_ADMIN_LINK = False
# Either a worker works it off beside the site (`manage.py db_worker`), or a thread of the site does.
WORKER_IN_SITE = env.bool(
    "WORKER_IN_SITE", default=DATABASES["default"]["ENGINE"].endswith("sqlite3") and not QUEUE_URL
)

# Mail: printed to the console unless a server is named.
_email = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _email["EMAIL_BACKEND"]
EMAIL_HOST = _email.get("EMAIL_HOST") or "localhost"
EMAIL_PORT = _email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _email.get("EMAIL_HOST_USER") or ""
EMAIL_HOST_PASSWORD = _email.get("EMAIL_HOST_PASSWORD") or ""
EMAIL_USE_TLS = _email.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _email.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10  # seconds, so that a page never waits long for a mail server that does not answer
# Whether people without an account may ask for news by mail: only where mail really goes out.
FOLLOW_BY_MAIL = EMAIL_BACKEND == "django.core.mail.backends.smtp.EmailBackend"
RESET_BY_MAIL = FOLLOW_BY_MAIL  # a forgotten password, likewise
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="no-reply@localhost")
# What the addresses in mail begin with. A mail is written without a request that could tell.
SITE_URL = env.str(
    "SITE_URL", default="http://127.0.0.1:8000" if DEBUG else f"https://{ALLOWED_HOSTS[0].lstrip('.')}"
).rstrip("/")
OTP_TOTP_ISSUER = SITE_URL.rpartition("//")[2]  # what the app shows beside the code

# Security
BEHIND_PROXY = not DEBUG and env.bool("BEHIND_PROXY", default=False)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=8 * 60 * 60)  # seconds a sign-in lasts; one working day
SESSION_IDLE_TIME = env.int("SESSION_IDLE_TIME", default=60 * 60)  # seconds a sign-in lasts that nobody uses
CSRF_FAILURE_VIEW = "sdgplan.pages.house.csrf_failure"
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
if not DEBUG:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    if BEHIND_PROXY:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The masthead "이 누리집은 … 공식 누리집입니다" belongs to real government sites alone.
OFFICIAL_SITE = env.bool("OFFICIAL_SITE", default=False)

# Where people who use the open data may write; it stands in /data.json. Nothing is said while it is empty.
OPEN_DATA_CONTACT = env.str("OPEN_DATA_CONTACT", default="")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"without_tokens": {"()": "commons.logs.WithoutTokens"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["without_tokens"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="WARNING")},
    # What was asked wrongly stands in the proxy's log; here is what went wrong on our side.
    "loggers": {"django.request": {"level": "ERROR"}},
}
