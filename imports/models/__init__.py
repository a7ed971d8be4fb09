"""Import jobs, the chunks their files are cut into, and the status of every record."""

from imports.models.chunks import ImportChunk
from imports.models.connections import (
    ConnectedGroup,
    Connection,
    ConnectionEvent,
    ConnectionSecret,
    SecretUse,
)
from imports.models.corrections import CorrectedFile, CorrectedRow, RecordEdit
from imports.models.directories import (
    DirectoryAttempt,
    DirectoryMode,
    LegacyDirectory,
    Tombstone,
)
from imports.models.hooks import DecryptionKey, HookAnswer, MovedUser, TokenIssuer
from imports.models.invitations import (
    CampaignState,
    Invitation,
    InvitationCampaign,
    InvitationState,
    InvitationTemplate,
)
from imports.models.jobs import ImportJob, JobEvent
from imports.models.joining import JoinedRow, OtherSubjectId
from imports.models.leavers import (
    DisabledUser,
    Disabling,
    DisablingState,
    Leaver,
    LeaverKind,
    LeaverSurvey,
)
from imports.models.notifications import Notification, NotificationEvent, NotificationState, Webhook
from imports.models.plans import ImportPlan, PlanState
from imports.models.records import ImportAttempt, ImportRecord, Status
from imports.models.releases import ReleasedValue
from imports.models.request_keys import RequestKey, StoredAnswer
from imports.models.requested_jobs import RequestedJob, RequestedJobKind
from imports.models.sources import SourceDay
from imports.models.templates import MappingTemplate, TemplateVersion
from imports.models.undo import Undo, UndoneRecord, UndoState, UndoSurvey
from imports.models.uploads import PartialUpload

__all__ = [
    "CampaignState",
    "ConnectedGroup",
    "Connection",
    "ConnectionEvent",
    "ConnectionSecret",
    "CorrectedFile",
    "CorrectedRow",
    "DecryptionKey",
    "DirectoryAttempt",
    "DirectoryMode",
    "DisabledUser",
    "Disabling",
    "DisablingState",
    "HookAnswer",
    "ImportAttempt",
    "ImportChunk",
    "ImportJob",
    "ImportPlan",
    "ImportRecord",
    "Invitation",
    "InvitationCampaign",
    "InvitationState",
    "InvitationTemplate",
    "JobEvent",
    "JoinedRow",
    "Leaver",
    "LeaverKind",
    "LeaverSurvey",
    "LegacyDirectory",
    "MappingTemplate",
    "MovedUser",
    "Notification",
    "NotificationEvent",
    "NotificationState",
    "OtherSubjectId",
    "PartialUpload",
    "PlanState",
    "RecordEdit",
    "ReleasedValue",
    "RequestKey",
    "RequestedJob",
    "RequestedJobKind",
    "SecretUse",
    "SourceDay",
    "Status",
    "StoredAnswer",
    "TemplateVersion",
    "TokenIssuer",
    "Tombstone",
    "Undo",
    "UndoState",
    "UndoSurvey",
    "UndoneRecord",
    "Webhook",
]
