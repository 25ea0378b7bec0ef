"""The titles of peers and workloads, by their keys in the committed figures."""

API = "api"

PEERS = {
    API: "this API",
    "standard": "this API, graphql-core's executor",
    "memcached": "this API, with Memcached",
    "nginx": "this API, through nginx's cache",
    "stock": "graphene-django",
    "strawberry": "strawberry-django, optimised",
    "apollo": "Apollo Server 5",
    "mercurius": "mercurius with graphql-jit",
    "join": "Django view, one join",
    "two": "Django view, two queries",
    "api-two": "the same view, this API's middleware",
    "floor": "WSGI function, plain SQL",
}

WORKLOADS = {
    "fifty": "50 open appointments with their providers",
    "one": "1 open appointment with its provider",
    "two hundred": "200 open appointments with their providers, in two lists of 100",
    "calendars": "10 providers with 20 open appointments each",
    "pairs": "Reserve and confirm",
}
