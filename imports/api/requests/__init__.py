"""What all operations share: who may ask, what is taken, how it is refused."""
