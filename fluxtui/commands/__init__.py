"""Everything a person can do, declared once.

Keys, footer, palette, help, the README table and the headless verb all come from one entry.
The families beside `registry` hold disabled reasons and Plan builders: pure functions over a
Snapshot. Nothing here may act: a Plan is a value, the Engine runs it.
"""
