"""Published vectors and classes of attack, against what reads and verifies tokens."""
