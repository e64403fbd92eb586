"""The operators' desk: pages for those who help customers and look after money."""
