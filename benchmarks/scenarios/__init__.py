"""One module per scenario: a comparison has NAME, GOALS and `variants()`, a measurement NAME and `measure()`."""
