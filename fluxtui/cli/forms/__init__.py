"""What verbs print for programs: one documented form each, written out by hand (docs/json.md).

Every field is named here and nowhere else, so that a value of the domain may get another shape
without a program that reads us noticing. No text for people is made here, and nothing is asked.
"""
