"""The people of the tests of imports, for those of the interfaces."""

from tests.imports.conftest import make_clerk, operator

__all__ = ["make_clerk", "operator"]
