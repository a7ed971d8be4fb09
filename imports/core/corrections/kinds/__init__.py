"""The kinds of corrections, one in each module; found by themselves."""
