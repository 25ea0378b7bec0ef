"""The domain, its tables and its commands, without GraphQL."""
