"""The return gap."""
