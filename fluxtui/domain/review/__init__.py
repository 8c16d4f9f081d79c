"""What a delivery would change, and which of it is dangerous, from what a build says before and
after. Pure; it runs in the worker and must read nothing.
"""
