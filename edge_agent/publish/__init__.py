"""The way to the platform: MQTT session, hand-shake, window, live before backlog."""
