"""What is measured and kept of the traffic with a device: figures, percentiles, the last frames."""
