"""Tidegate: a gateway in front of any LLM engine that makes silent failures loud.

Everything moves along one spine: call → trace → finding → case → gate.  Read
`tidegate.spine` for the nouns and `tidegate.catalog` for the twelve capabilities.
"""

__version__ = "0.1.0"
