"""HTML pages: one file with everything in it, for the screen, dark or light, and for print."""
