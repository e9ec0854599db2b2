"""What a scheme that was recognised in code is: what it looks like, where it stands, and whether it is that."""

from __future__ import annotations

import ast

import msgspec


class Scheme(msgspec.Struct, frozen=True, kw_only=True):
    """One scheme found in a program.

    `name` says what it must be ("Runge-Kutta weights"), `node` the code that shows it, `holds` whether it is that,
    `computation` by what sum; `possible` marks what a reader could still have meant otherwise.
    """

    name: str
    node: ast.AST
    holds: bool
    computation: str
    possible: bool = False
