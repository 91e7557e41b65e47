"""How good the answers are, measured on the path that people use."""
