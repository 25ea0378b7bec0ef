"""Failures of each server of the real stack under load. `script/stack` starts the stack, and every request goes through
nginx. They are deselected by default; `script/test` runs them separately, with `-m faults`."""
