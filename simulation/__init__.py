"""A fleet of sandboxes under load, simulated with the project's own caches, key store and ledger."""
