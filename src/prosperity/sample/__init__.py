"""The sample publishers: stand-ins on 127.0.0.1 that speak the publishers' own protocols.

Their documents are rebuilt from figures really published, with the sources named (``provenance``);
sentences and layout are ours, in the publishers' patterns. This package only listens: the collector meets
nothing but HTTP. See README.md in this folder.
"""

from prosperity.sample.figures import Row, provenance
from prosperity.sample.process import Running, ensure_running, stop
from prosperity.sample.server import Fault, SamplePublishers, challenge

__all__ = [
    "Fault",
    "Row",
    "Running",
    "SamplePublishers",
    "challenge",
    "ensure_running",
    "provenance",
    "stop",
]
