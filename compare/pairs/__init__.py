"""Two functions of a user, run side by side until they part."""
