"""Paper: rows in, bytes out; no queries, no request."""
