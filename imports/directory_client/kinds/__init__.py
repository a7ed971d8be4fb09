"""The kinds of legacy directories, one module each: CLIENT says everything about it."""
