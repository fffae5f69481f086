"""What runs in the child process of a source: it connects, takes apart and decodes, and passes frames on.

A decoder that hangs, crashes or wants too much memory takes this process with it and nothing else. So that one costs
little, nothing here imports the service: PyAV, msgspec and the standard library are all.
"""
