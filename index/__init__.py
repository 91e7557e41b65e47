"""Documents become passages that can be found."""
