"""The command line: the demo, the servers, and the acts of the person who runs the machine."""
