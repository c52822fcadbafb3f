"""All that starts, or lives in, a process of its own."""
