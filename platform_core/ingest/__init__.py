"""From MQTT to the journal, the store and the present: what is acknowledged is never lost."""
