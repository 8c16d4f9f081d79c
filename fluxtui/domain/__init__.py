"""The pure heart of fluxtui: values and rules, with no I/O, no threads and no clock.

Every other room stands on this one, and it stands on none. A module here may compute from what it
is handed and must not read files, open connections, start threads or ask what time it is.
"""
