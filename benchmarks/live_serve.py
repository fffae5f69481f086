"""`trackd serve` that may read cameras of this machine, and whose detector reads the numbers in their pictures.

`python -m benchmarks.live_serve serve ...`. Everything else is the service as it is: never reading from loopback is a
rule that no setting lifts.
"""

from collections.abc import Mapping
from ipaddress import ip_network

from fastapi import FastAPI

from app import server
from app.cli import main
from app.main import create_app
from app.settings import Settings
from app.sources.addresses import Addresses
from app.sources.special_networks import FORBIDDEN
from benchmarks.live_code import ReadingDetector
from models import Detector

LOOPBACK = ip_network("127.0.0.0/8")


def _app(settings: Settings, detector: Detector, others: Mapping[str, Detector]) -> FastAPI:
    elsewhere = {network: purpose for network, purpose in FORBIDDEN.items() if network != LOOPBACK}
    return create_app(settings, ReadingDetector(detector), others, Addresses(settings.sources, forbidden=elsewhere))


if __name__ == "__main__":
    server.create_app = _app
    main()
