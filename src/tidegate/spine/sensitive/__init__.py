"""What secrets and personal numbers look like: the output rules that hold in flight and the scrubber of cases share it.

The YAML files are output packs of `constraints.yaml` (so that a person can read and extend
them); `checksums` holds the arithmetic that tells a real number from digits that look like one.
"""
