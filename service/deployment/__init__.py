"""Who goes where: teams by ward, patrols, CSO hours, bases and scenarios, and what the last tasking left undone."""
