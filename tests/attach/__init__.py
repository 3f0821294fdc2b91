"""The examples in ``docs/attach/``: each read back from its own tool's output, and judged."""
