"""Turn-level credit from a running Turnwise service inside verl. Importing this imports neither verl nor torch."""
