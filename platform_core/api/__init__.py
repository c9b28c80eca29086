"""HTTP and WebSocket: thin routes over ``services``. Each route says its policy; without one it cannot be made."""

from platform_core.api.app import create_app, with_boundary
from platform_core.api.services import Services

__all__ = ["Services", "create_app", "with_boundary"]
