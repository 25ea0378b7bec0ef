"""What the application costs beside what others would have written, and beside itself with a thousandth of the data.

`script/bench` runs it. Nothing here asserts a time: all who are compared have turns on the same machine, in the same
rounds and over the same rows, and what counts is the ratio of what they did in the same round.

`work` is what is asked for, `line_up` who is asked, `peers/` and `node/` what the others are made of, `rounds` how they
take turns. `comparison`, `pairs`, `start`, `parts`, `growth` and `memory` measure one thing each; `figures`, `targets`
and `report` say what it means, `committed` keeps it, `page` and `chart` show it.
"""
