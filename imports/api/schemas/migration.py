"""Just-in-time migration and invitations: legacy directories and campaigns."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema
from pydantic import Field

from imports.api.schemas.given import Given, Word
from imports.models import CampaignState, DirectoryMode, InvitationState


class DirectoryInfo(Schema):
    """A legacy directory. No response holds its secret."""

    id: int = Field(description="Id of the directory, which its URL has.")
    name: str = Field(description="Name of the directory.")
    kind: str = Field(description="Kind of directory; docs/legacy-directories.md lists them.")
    mode: DirectoryMode = Field(description="What it is asked for.")
    position: int = Field(description="Directories are queried in this order.")
    source: str = Field(description="Name of the source of the users whom it brings.")
    url: str = Field(description="URL at which it is queried.")
    email_domains: list[str] = Field(description="Domains that it is queried for. Empty: all.")
    job: int = Field(description="Id of the job that its users are records of.")
    digest: str = Field(description="Stands for its settings, to be sent as If-Match.")

    @property
    def etag(self) -> str:
        """Return the entity tag of the answer."""
        return self.digest


class DirectoryPage(Schema):
    """A page of legacy directories."""

    directories: list[DirectoryInfo] = Field(description="At most `limit` directories, by id.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class NewDirectoryMode(Given):
    """What a directory is to be asked for."""

    mode: Word[DirectoryMode] = Field(description="The mode.")


class CampaignInfo(Schema):
    """An invitation campaign."""

    id: int = Field(description="Id of the campaign, which its URL has.")
    name: str = Field(description="Name of the campaign.")
    source: str = Field(description="Source of its recipients. Empty: all sources.")
    state: CampaignState = Field(description="How it stands.")
    automatic_pause: str = Field(description="Why it paused automatically. Empty unless it did.")
    subject: str = Field(description="Subject of the e-mails.")
    per_minute: int = Field(description="E-mails a minute, at most.")
    reminder_of: int | None = Field(description="Campaign whose recipients it reminds. Null: none.")
    created_by: str = Field(description="Who created it.")
    created_at: datetime = Field(description="When it was created.")
    started_at: datetime | None = Field(description="When it was started. Null: not yet.")
    finished_at: datetime | None = Field(description="When it was completed. Null: not yet.")


class CampaignDetails(CampaignInfo):
    """A campaign with its numbers."""

    digest: str = Field(description="Stands for all of it, to be sent as If-Match.")
    total: int = Field(description="Recipients.")
    waiting: int = Field(description="Recipients who have not been sent it yet.")
    sent: int = Field(description="Recipients who have been sent it.")
    bounced: int = Field(description="Recipients whose mail server rejected it.")
    needless: int = Field(description="Recipients who no longer need it.")
    chosen: int = Field(description="Of those who were sent it: who have a password since.")

    @property
    def etag(self) -> str:
        """Return the entity tag of the answer."""
        return self.digest


class CampaignPage(Schema):
    """A page of campaigns."""

    campaigns: list[CampaignInfo] = Field(description="At most `limit` campaigns, newest first.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )


class RecipientInfo(Schema):
    """A recipient of a campaign."""

    id: int = Field(description="Id of the invitation.")
    user_id: int = Field(description="Id of the user here.")
    email: str = Field(description="E-mail address to which it is sent.")
    state: InvitationState = Field(description="How it stands.")
    sent_at: datetime | None = Field(description="When it was sent. Null: not yet.")
    error: str = Field(description="What the mail server said. Empty for nothing.")


class RecipientPage(Schema):
    """A page of recipients."""

    recipients: list[RecipientInfo] = Field(description="At most `limit` recipients, by id.")
    next: int | None = Field(
        description="Send it as `after` for the page that follows. Null on the last page."
    )
