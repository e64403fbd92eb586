"""The gateways' door: take it in, write it down, say thank you. What it means is decided later."""
