"""What a force tells of itself, in TOML: its teams, patrols, public contacts and rules, every line optional."""
