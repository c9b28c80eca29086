"""The agent's own web page: small, with a log-in, and there also where the platform is not."""
