"""What happens when a part of the real stack fails under load: `script/stack` brings it up, and every request goes
through nginx. Not part of the ordinary run; `script/test` has a run of its own for it, `-m faults`."""
