"""The command line: one thin module a command. Nothing else in the package prints."""
