"""What onecontact.yaml says of a source of mails, in whatever they are delivered."""

from pydantic import Field

from pipelines.read.core.own_addresses import WithOwnAddresses


class Mails(WithOwnAddresses):
    """Options of mails."""

    skip_labels: list[str] = Field(
        default=["Spam", "Junk", "Trash", "Drafts", "Draft"],
        description="Gmail labels, or names of folders, whose mails are left out",
    )

    def skips(self, labels: set[str]) -> bool:
        """Whether mails with these labels, in small letters, are left out."""
        return any(label.casefold() in labels for label in self.skip_labels)
