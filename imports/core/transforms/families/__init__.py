"""The transforms, in modules of those that go together: TRANSFORMS in each says which they are."""
