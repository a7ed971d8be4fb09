"""The questions that pages ask about accounts."""
