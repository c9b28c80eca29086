"""EtherNet/IP driver for Logix controllers."""
