"""How long requests take, counted across the processes of the web server.

prometheus_client keeps what each process counted in a file of its own, in the folder that `PROMETHEUS_MULTIPROC_DIR`
names, and adds them up when somebody asks. Without that folder nothing is counted: each process would tell something
else.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, Histogram
from prometheus_client.multiprocess import MultiProcessCollector

from xapi.lrs import RESOURCES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

FOLDER: Final = "PROMETHEUS_MULTIPROC_DIR"
PAGES: Final = "pages"
"""What every address outside the store is counted as: addresses of pages say who looked at whom."""
OTHER: Final = "other"
_STORE: Final = "/xapi/"
_KNOWN: Final = frozenset(RESOURCES) | {"about", "profile.jsonld", "openapi.yaml"}
_METHODS: Final = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})

_seconds: Final = Histogram(
    "mentorcert_request_seconds",
    "How long requests took, until the first byte of the answer, by resource of the store (all pages are one).",
    ["resource", "method", "status"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
    registry=CollectorRegistry(),  # of its own: what is told comes from the folder
)


def is_counted() -> bool:
    """Whether there is a folder to count in."""
    return bool(os.environ.get(FOLDER))


def prepare() -> None:
    """Make the folder where it is missing."""
    if is_counted():
        Path(os.environ[FOLDER]).mkdir(parents=True, exist_ok=True)


def told(registry: CollectorRegistry) -> None:
    """Let a registry tell what all processes counted."""
    if is_counted():
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]


def counted(application: "WSGIApplication") -> "WSGIApplication":
    """Return an application that does the same, and counts."""

    def counting(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        began, resource = perf_counter(), _resource(environ.get("PATH_INFO", ""))
        method = environ["REQUEST_METHOD"]
        known = method if method in _METHODS else OTHER

        def start(status: str, headers: list[tuple[str, str]], *more: object) -> object:
            _seconds.labels(resource, known, status[:3]).observe(perf_counter() - began)
            return start_response(status, headers, *more)  # type: ignore[arg-type]

        return application(environ, start)  # type: ignore[arg-type]

    return counting


def _resource(path: str) -> str:
    if not path.startswith(_STORE):
        return PAGES
    name = path.removeprefix(_STORE).strip("/")
    return name if name in _KNOWN else OTHER
