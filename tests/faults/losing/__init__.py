"""MariaDB as Django's backend knows it, which loses more than the real one does: races, and connections at COMMIT."""
