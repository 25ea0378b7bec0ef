"""What others would have written for the same work, each a server of its own. `benchmarks.line_up` has their table."""
