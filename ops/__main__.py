"""``python -m ops``."""

from __future__ import annotations

from ops.program import main

if __name__ == "__main__":
    main()
