"""The same work without the product: what its figures are divided by."""
