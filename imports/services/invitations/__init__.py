"""Invite users without a password to choose one."""
