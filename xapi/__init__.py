"""An embedded Learning Record Store for xAPI 1.0.3 and 2.0.0. It knows nothing of the application around it.

`parse` makes valid statements of bytes, `append` is the one door into the store, `pair`, `lookup` and `every` read it.
`query` finds statements as the standard asks for them, `credentials` says who may, and `lrs` speaks HTTP (Flask).
"""

from xapi.faults import Fault, StatementFaults
from xapi.identity import agent_key
from xapi.statement import Statement, equivalent, parse
from xapi.store import (
    Authority,
    ConflictingStatement,
    ForbiddenVoid,
    Stored,
    append,
    consistent_through,
    count,
    every,
    keep_others_out,
    lookup,
    metadata,
    pair,
)

__all__ = [
    "Authority",
    "ConflictingStatement",
    "Fault",
    "ForbiddenVoid",
    "Statement",
    "StatementFaults",
    "Stored",
    "agent_key",
    "append",
    "consistent_through",
    "count",
    "equivalent",
    "every",
    "keep_others_out",
    "lookup",
    "metadata",
    "pair",
    "parse",
]
