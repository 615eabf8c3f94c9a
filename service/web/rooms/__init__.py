"""What is behind the doors, a room to each module."""
