"""Groups and roles; effective roles are those given directly and those of the groups."""

from django.db import models


class Role(models.Model):
    """What somebody may do; may carry Django permissions, which then govern the admin."""

    key = models.CharField(
        max_length=200,
        help_text="The key of this role in imports and APIs, such as “editor”. Case-sensitive.",
    )
    name = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    permissions = models.ManyToManyField("auth.Permission", blank=True)

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["key"], name="role_key_unique")]

    def __str__(self) -> str:
        return self.name or self.key


class Group(models.Model):
    """A set of users; its members have its roles."""

    key = models.CharField(
        max_length=200,
        help_text="The key of this group in imports and APIs, such as “/staff/eu”. Case-sensitive.",
    )
    name = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    roles = models.ManyToManyField(Role, blank=True, related_name="groups")

    class Meta:
        ordering = ["key"]
        constraints = [models.UniqueConstraint(fields=["key"], name="group_key_unique")]

    def __str__(self) -> str:
        return self.name or self.key


class GroupMembership(models.Model):
    """One user's membership of one group."""

    # The unique constraint's index serves look-ups by user.
    user = models.ForeignKey("accounts.User", models.CASCADE, db_index=False)
    group = models.ForeignKey(Group, models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "group"], name="group_membership_unique")
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"


class RoleAssignment(models.Model):
    """One role given to one user directly."""

    # The unique constraint's index serves look-ups by user.
    user = models.ForeignKey("accounts.User", models.CASCADE, db_index=False)
    role = models.ForeignKey(Role, models.CASCADE)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="role_assignment_unique")
        ]

    def __str__(self) -> str:
        return f"{self.role} of {self.user}"
