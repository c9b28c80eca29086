"""One folder per protocol: `driver.py`, `manifest.json` and the peer its conformance test runs against."""
