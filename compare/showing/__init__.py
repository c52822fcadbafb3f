"""Show records: in a terminal, as a page, charts and notebooks."""
