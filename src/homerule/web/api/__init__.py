"""The REST API: thin handlers over the rooms."""
