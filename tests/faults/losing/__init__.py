"""A database backend for MariaDB that fails on purpose: transactions lose races, or their connection at COMMIT."""
