"""The panes, one file each: widgets with `show(view)`, each answering one of the five questions."""
