"""Personal data is stored in the database only."""
