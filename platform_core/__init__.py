"""The Interlock platform: takes in what edge agents send, keeps it, and serves it to apps.

Inside: ``api`` (HTTP and WebSocket) calls ``services``, which call ``stores``, ``db``, ``live``, ``ingest`` and
``journal``.
"""
