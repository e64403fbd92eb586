"""What a deployment sells: one TOML file per product, read into frozen data or refused with one clear sentence."""
