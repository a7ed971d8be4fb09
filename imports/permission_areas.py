"""The permissions that pages and endpoints of imports ask for, in plain words and by area."""

from __future__ import annotations

AREAS = {
    "Imports": {
        "imports.view_importjob": "See import jobs, their results and reports, and the sources",
        "imports.add_importjob": "Upload and map files, and start dry runs",
        "imports.approve_importjob": "Approve imports that others prepared",
        "imports.run_importjob": "Run, pause, cancel and retry imports",
        "imports.undo_importjob": "Undo imports",
        "imports.view_importrecord_values": "See the values of imported records",
        "imports.view_importrecord_secrets": (
            "Download the passwords and other secrets of failed records"
        ),
    },
    "Mapping templates": {
        "imports.view_mappingtemplate": "See, use and export mapping templates",
        "imports.add_mappingtemplate": "Save and import mapping templates",
        "imports.change_mappingtemplate": "Rename and describe mapping templates",
        "imports.delete_mappingtemplate": "Delete mapping templates",
    },
    "Connections": {
        "imports.view_connection": "See connections, their jobs and their last use",
        "imports.add_connection": "Add connections that act with their maker's permissions",
        "imports.change_connection": "Change and switch connections, create and revoke secrets",
        "imports.delete_connection": "Delete connections that are off",
    },
    "Legacy directories": {
        "imports.view_legacydirectory": "See legacy directories and their health",
        "imports.add_legacydirectory": "Add legacy directories",
        "imports.change_legacydirectory": "Change, test and switch legacy directories",
        "imports.delete_legacydirectory": "Delete legacy directories that are closed",
        "imports.view_tombstone": "See deleted users",
        "imports.delete_tombstone": "Let a legacy directory bring a deleted user back",
    },
    "Invitations": {
        "imports.view_invitationcampaign": "See invitation campaigns and their results",
        "imports.add_invitationcampaign": "Create invitation campaigns",
        "imports.change_invitationcampaign": "Start, pause and cancel invitation campaigns",
        "imports.view_invitationtemplate": "See invitation templates",
        "imports.add_invitationtemplate": "Add invitation templates",
        "imports.change_invitationtemplate": "Change invitation templates",
        "imports.delete_invitationtemplate": "Delete invitation templates",
    },
    "Notifications": {
        "imports.view_webhook": "See webhooks",
        "imports.add_webhook": "Add webhooks",
        "imports.change_webhook": "Change and test webhooks",
        "imports.delete_webhook": "Delete webhooks",
        "imports.view_notification": "See every notification about an import",
        "imports.change_notification": "Send notifications again",
    },
}
