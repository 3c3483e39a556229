"""`python -m tests.bench.served <module:factory> <port>`: any application, served as MentorCert serves itself."""

import sys

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from mentorcert.db import THREADS
from mentorcert.serving import ADDRESS, PROCESSES


def main() -> None:
    """Serve until told to stop."""
    target, port = sys.argv[1:]
    Granian(
        target,
        factory=True,
        interface=Interfaces.WSGI,
        address=ADDRESS,
        port=int(port),
        workers=PROCESSES,
        blocking_threads=THREADS,
        log_level=LogLevels.error,
    ).serve()


if __name__ == "__main__":
    main()
