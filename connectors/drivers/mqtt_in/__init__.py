"""MQTT subscriber: values of machines and gateways that publish JSON to a broker."""
