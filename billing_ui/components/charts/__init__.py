"""Charts as plain SVG: the server computes where marks stand, the browser draws them without a library."""
