"""What opens over the panes: review, arguments, help, and text to read."""
