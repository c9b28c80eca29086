"""Writing back: one command at a time from the platform to a device, checked here, where the machine stands.

Read-only until somebody at the machine enables writing; then only tags with a write rule, within its bounds.
"""
