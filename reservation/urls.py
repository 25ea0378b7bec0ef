"""Puts the pieces together: which path leads to which room."""

from django.contrib import admin
from django.urls import include, path, re_path

from api.views import graphql_view
from ops import health
from web.graphiql import graphiql_in_browsers
from web.views import home

urlpatterns = [
    path("", home, name="home"),
    re_path(r"^graphql/?$", graphiql_in_browsers(graphql_view), name="graphql"),
    path("auth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("health/", health.health, name="health"),
    path("health/live/", health.live, name="live"),
    path("health/ready/", health.ready, name="ready"),
]
