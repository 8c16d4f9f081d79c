"""The panes, one file each: a widget with `show(snapshot)` that answers one of the five questions."""
