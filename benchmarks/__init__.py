"""What the product promises about speed, measured against a reference that does the same work in the same run."""
