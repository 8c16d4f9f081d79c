"""The parts that panes and screens are laid out of: painted text, the line-API table, the frame."""
