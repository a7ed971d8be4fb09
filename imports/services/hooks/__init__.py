"""Sign-in hooks: what other systems are told of passwords, and how they are known."""
