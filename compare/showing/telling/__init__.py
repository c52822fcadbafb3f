"""What is told of each record, once, in blocks and in any language."""
