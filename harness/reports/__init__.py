"""Reports: what happened, for people to look at."""
