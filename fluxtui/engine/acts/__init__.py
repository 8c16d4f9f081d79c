"""Plans carried out: checked again, written once, awaited, and written down."""
