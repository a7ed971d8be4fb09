"""A legacy directory to try seamless migration with, and to write one's own after.

Needs nothing of Userferry: `app.py` is the contract, `store.py` an ASP.NET Identity table.
"""
