"""Everything a person can do, declared once.

A Command's entry is where keys, footer, palette, help, README table and headless verb come from. The
families beside `registry` hold disabled reasons and Plan builders: pure functions over a Snapshot.
Nothing here may act: a Plan is a value, the Engine runs it.
"""
