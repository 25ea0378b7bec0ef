"""Other implementations of the same API, each with a server of its own. `benchmarks.line_up` lists them."""
