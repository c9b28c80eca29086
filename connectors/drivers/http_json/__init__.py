"""HTTP/REST JSON polling driver."""
