"""What a run is given, read and checked: crimes or events, areas, tables, and what earlier runs and people left."""
