"""Random operations in a random world are answered alike by graphql-core and by the columnar executor."""
