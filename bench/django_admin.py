"""The peer of ``bench.million``: the Django admin's list of the same table, in a process and environment of its own.

``python django_admin.py ADDRESS OFFSET``: makes Django's own tables in the same database, then answers each address on
a line of its input with the milliseconds and statements of one request. Nothing of the product is imported here.
"""

from __future__ import annotations

import json
import sys
import time
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
from django.conf import settings


def database(address: str) -> dict[str, Any]:
    """Django's words for an address of SQLAlchemy's."""
    if address.startswith("sqlite:///"):
        # What the product's own connections are set to, as far as a reader feels it.
        options = {"init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"}
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": address.removeprefix("sqlite:///"), "OPTIONS": options}
    parts = urlsplit(address)
    host = parse_qs(parts.query)["host"][0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": parts.username,
        "HOST": host,
        "CONN_MAX_AGE": None,
    }


settings.configure(
    DATABASES={"default": database(sys.argv[1])},
    SECRET_KEY="a bench keeps no secret",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    USE_TZ=True,
    TIME_ZONE="Asia/Taipei",
    LANGUAGE_CODE="zh-hant",
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    INSTALLED_APPS=[
        "django.contrib.admin",
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "django.contrib.messages",
        "django.contrib.staticfiles",
    ],
    STATIC_URL="/static/",
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
    ],
    TEMPLATES=[
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "APP_DIRS": True,
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "django.contrib.auth.context_processors.auth",
                    "django.contrib.messages.context_processors.messages",
                ]
            },
        }
    ],
)
django.setup()

from django.contrib import admin  # noqa: E402  (models are made after the settings)
from django.contrib.auth.models import User  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, models  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import path  # noqa: E402

STATES = [(word, word) for word in ("pending", "approved", "partly_approved", "rejected", "withdrawn", "expired")]


class Agency(models.Model):
    """矯正機關."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=40)

    class Meta:
        app_label, managed, db_table = "admin", False, "agency"

    def __str__(self) -> str:
        return str(self.name)


class Person(models.Model):
    """An applicant."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=50)

    class Meta:
        app_label, managed, db_table = "admin", False, "applicant"

    def __str__(self) -> str:
        return f"{self.name[:1]}○○"


class Prisoner(models.Model):
    """An inmate."""

    id = models.UUIDField(primary_key=True)
    number = models.CharField(max_length=10)
    name = models.CharField(max_length=50)

    class Meta:
        app_label, managed, db_table = "admin", False, "inmate"

    def __str__(self) -> str:
        return f"{self.number}{self.name[:1]}○○"


class Application(models.Model):
    """The columns that the list shows."""

    id = models.UUIDField(primary_key=True)
    agency = models.ForeignKey(Agency, models.DO_NOTHING)
    inmate = models.ForeignKey(Prisoner, models.DO_NOTHING)
    applicant = models.ForeignKey(Person, models.DO_NOTHING)
    item = models.CharField(max_length=32)
    state = models.CharField(max_length=32, choices=STATES)
    submitted_at = models.DateTimeField()
    applied_on = models.DateField()

    class Meta:
        app_label, managed, db_table = "admin", False, "service_application"


class ApplicationAdmin(admin.ModelAdmin):
    """A list as its authors advise it: relations joined, choices on the state, everything else as it comes."""

    list_display = ("agency", "inmate", "applicant", "applied_on", "state")
    list_filter = ("state",)
    list_select_related = ("agency", "inmate", "applicant")
    list_per_page = 25
    ordering = ("submitted_at",)


admin.site.register(Application, ApplicationAdmin)
urlpatterns = [path("admin/", admin.site.urls)]


def serve() -> None:
    """Answer lines until the input ends."""
    call_command("migrate", verbosity=0)
    user = User.objects.create_superuser("bench", "bench@example.com", None)
    client = Client()
    client.force_login(user)
    if connection.vendor == "sqlite":
        connection.cursor().execute("PRAGMA cache_size")  # the connection stands before the clock runs
    print(json.dumps({"django": django.get_version()}), flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        answer = client.get(line.strip())
        took = time.perf_counter() - start
        rows = answer.content.count(b'class="action-select"')
        print(json.dumps({"ms": took * 1000, "status": answer.status_code, "rows": rows}), flush=True)


if __name__ == "__main__":
    serve()
