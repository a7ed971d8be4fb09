"""The people of the tests of imports, and the comparison with documents, for the interfaces."""

from tests.against_document import compare_with_document
from tests.imports.conftest import make_clerk, operator

__all__ = ["compare_with_document", "make_clerk", "operator"]
