"""Controllers of the pages, thin: who may, parse, one use case, assign what is shown."""
