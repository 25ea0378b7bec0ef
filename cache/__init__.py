"""What all processes cache in Memcached. It never decides who has an appointment, and Memcached may be unavailable."""
