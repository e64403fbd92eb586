"""The doors to outside money: one adapter for each gateway, all of them speaking the same port."""
