"""Still figures: for pages, printers and documents."""
