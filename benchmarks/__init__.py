"""What the application costs beside the same work done by hand, and beside itself with a hundredth of the data.

`script/bench` runs it. Nothing here asserts a time: both sides of a comparison run in turns on the same machine and in
the same server, and what counts is the ratio of what they did in the same round.
"""
