"""What the application costs beside other implementations of the same API, and with a thousand times as much data.

`script/bench` runs it. Nothing here asserts a time: everything that is compared takes turns on the same machine, in the
same rounds and over the same rows, and what counts is the ratio of two measurements of the same round.

`workloads` has the queries, `line_up` the servers, `peers/` and `node/` the other implementations, `rounds` the turns.
`comparison`, `pairs`, `start`, `parts`, `growth`, `admin` and `memory` measure one thing each; `figures`,
`targets` and `report` interpret it, `committed` stores it, `page` and `chart` show it.
`checkouts` measures this checkout and another one of the project, by the requests of `traffic` and by `launches`.
"""
