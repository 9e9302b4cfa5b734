"""The demo: everything the store needs, started by one command on one machine, with a catalogue to shop in."""
