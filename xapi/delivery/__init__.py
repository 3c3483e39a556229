"""Sending statements on to other stores: each at least once, in order, under its own id, as it was stored.

A round of one target is `claim` (a short write), `next_parcel` (a read), `send` (the network, with no transaction
open) and `settle` (a short write). The caller commits after each. A target has one turn at a time, by a lease that
runs out when whoever holds it is killed; then the same parcel is sent again, and its ids make the repeat harmless.
"""

from xapi.delivery.letters import Letter
from xapi.delivery.parcels import Parcel, next_parcel
from xapi.delivery.reach import Reach
from xapi.delivery.sending import Answer, Outcome, Patience, Peer, send
from xapi.delivery.targets import Filter, Lag, Target
from xapi.delivery.turns import LEASE, Turn, claim, due, extend, settle

__all__ = [
    "LEASE",
    "Answer",
    "Filter",
    "Lag",
    "Letter",
    "Outcome",
    "Parcel",
    "Patience",
    "Peer",
    "Reach",
    "Target",
    "Turn",
    "claim",
    "due",
    "extend",
    "next_parcel",
    "send",
    "settle",
]
