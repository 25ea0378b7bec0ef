"""The application, and its peers: so both pass through the same middleware, in the same worker."""

from django.urls import include, path

from benchmarks import peers

urlpatterns = [
    path("peer/listing", peers.listing),
    path("peer/reserve", peers.reserve),
    path("peer/confirm", peers.confirm),
    path("", include("reservation.urls")),
]
