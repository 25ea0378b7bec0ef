"""What all processes share for a while. It is never asked who has an appointment, and it may be away."""
