"""The pages on which columns are mapped and tried."""
