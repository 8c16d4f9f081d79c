"""Small changes to the code that its own room's tests must notice: `make mutants`."""
