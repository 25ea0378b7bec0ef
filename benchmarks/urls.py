"""The application, and the views by hand behind the same middleware."""

from django.urls import include, path

from benchmarks.peers import views

urlpatterns = [path("peer/", include(views.urlpatterns)), path("", include("reservation.urls"))]
