"""What people look at when something is wrong: metrics of lines and tags, frames, logs, the support bundle."""
