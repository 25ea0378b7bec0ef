"""Random operations in a random world have the same result from graphql-core and from the columnar executor."""
