"""What people call what is measured. The keys are what the committed figures call it."""

OURS = "ours"

PEERS = {
    OURS: "ours",
    "standard": "ours, executed by graphql-core",
    "memcached": "ours, with Memcached",
    "nginx": "ours, through nginx's cache",
    "stock": "graphene-django",
    "strawberry": "strawberry-django, optimised",
    "apollo": "Apollo Server 5",
    "mercurius": "mercurius with graphql-jit",
    "join": "Django view, one join",
    "two": "Django view, two queries",
    "ours-two": "the same view, in our middleware",
    "floor": "WSGI function, plain SQL",
}

WORKS = {
    "fifty": "50 open appointments with their providers",
    "one": "1 open appointment with its provider",
    "two hundred": "200 open appointments with their providers, in two lists of 100",
    "calendars": "10 providers with 20 open appointments each",
    "pairs": "Reserve and confirm",
}
