"""Benchmarks: how fast the engine is, as ratios to a bare client on the same machine in the same minute; and how
many replies a second are judged by rule, and cases generated.

`make bench` prints the table and writes benchmarks/results.json; `make bench-full` adds a million cases (about ten
minutes). Timings are never asserted in tests: a machine's mood is no fault of the code.
"""
