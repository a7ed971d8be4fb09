"""Import jobs, the chunks their files are cut into, and the outcome of every record."""

from imports.models.chunks import ImportChunk
from imports.models.corrections import MendedFile, RecordEdit
from imports.models.directories import (
    DirectoryAttempt,
    DirectoryMode,
    LegacyDirectory,
    Tombstone,
)
from imports.models.invitations import (
    Invitation,
    InvitationState,
    InvitationTemplate,
    InvitationWave,
    WaveState,
)
from imports.models.jobs import ImportJob, JobEvent
from imports.models.notifications import Notice, NoticeEvent, NoticeState, Webhook
from imports.models.plans import ImportPlan, PlanState
from imports.models.records import ImportAttempt, ImportRecord, Outcome
from imports.models.releases import ReleasedValue
from imports.models.request_keys import RequestKey
from imports.models.sources import SourceDay
from imports.models.templates import MappingTemplate, TemplateVersion
from imports.models.undo import Undo, UndoneRecord, UndoState, UndoSurvey

__all__ = [
    "DirectoryAttempt",
    "DirectoryMode",
    "ImportAttempt",
    "ImportChunk",
    "ImportJob",
    "ImportPlan",
    "ImportRecord",
    "Invitation",
    "InvitationState",
    "InvitationTemplate",
    "InvitationWave",
    "JobEvent",
    "LegacyDirectory",
    "MappingTemplate",
    "MendedFile",
    "Notice",
    "NoticeEvent",
    "NoticeState",
    "Outcome",
    "PlanState",
    "RecordEdit",
    "ReleasedValue",
    "RequestKey",
    "SourceDay",
    "TemplateVersion",
    "Tombstone",
    "Undo",
    "UndoState",
    "UndoSurvey",
    "UndoneRecord",
    "WaveState",
    "Webhook",
]
