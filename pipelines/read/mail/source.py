"""What onecontact.yaml says of a source of mails, in whatever they are delivered."""

from pydantic import Field

from pipelines.read.core.own_addresses import WithOwnAddresses
from pipelines.read.mail.labels import folded


class Mails(WithOwnAddresses):
    """Options of mails."""

    skip_labels: list[str] = Field(
        default=["Spam", "Junk", "Trash", "Drafts", "Draft"],
        description="Gmail labels, or names of folders, whose mails are left out; English ones in any language",
    )

    def skips(self, labels: frozenset[str]) -> bool:
        """Whether mails with these labels, as `pipelines.read.mail.labels.named` gives them, are left out."""
        return any(folded(label) in labels for label in self.skip_labels)
