"""The virtual My Number Card: a resident's card as software that speaks APDUs finds it."""
