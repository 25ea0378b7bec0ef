"""The URL configuration, the one module that imports every package."""

from allauth.headless.spec.views import OpenAPIJSONView, OpenAPIYAMLView
from django.conf import settings
from django.contrib import admin
from django.urls import include, path, re_path

from api.views import graphql_view
from ops import health
from ops.metrics.views import show_metrics
from web.graphiql import graphiql_in_browsers
from web.openapi import for_readers, openapi_page
from web.views import booking_page, home_page

graphql = graphiql_in_browsers(graphql_view)

urlpatterns = [
    path("", home_page, name="home"),
    re_path(r"^book/?$", booking_page, name="book"),
    path("graphql", graphql, name="graphql"),
    path("graphql/", graphql, name="graphql"),  # the last one is what reverse() returns
    path("auth/openapi.html", openapi_page, name="openapi"),
    path("auth/openapi.json", for_readers(OpenAPIJSONView.as_view()), name="openapi_json"),
    path("auth/openapi.yaml", for_readers(OpenAPIYAMLView.as_view()), name="openapi_yaml"),
    path("auth/", include("accounts.urls")),  # before those that it replaces
    path("auth/", include("allauth.headless.urls")),
    path(settings.ADMIN_PATH, admin.site.urls),
    path("health/", health.health, name="health"),
    path("health/live/", health.live, name="live"),
    path("health/ready/", health.ready, name="ready"),
    re_path(r"^metrics/?$", show_metrics, name="metrics"),
]

if "silk" in settings.INSTALLED_APPS:
    urlpatterns.append(path("silk/", include("silk.urls", namespace="silk")))
