"""The doors that people use: the `rag` command and the web chat."""
