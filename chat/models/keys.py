from django.db import models


class SiteKey(models.Model):
    """Which SECRET_KEY the sessions in this database are signed with: one row, or none yet."""

    fingerprint = models.CharField(max_length=64)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="one_site_key")]

    def __str__(self):
        return self.fingerprint

    @classmethod
    def load(cls) -> str:
        """Return the fingerprint of the key, empty where none was kept yet."""
        return cls.objects.filter(pk=1).values_list("fingerprint", flat=True).first() or ""

    @classmethod
    def keep(cls, fingerprint: str) -> None:
        """Keep the fingerprint of the key in place of the former one."""
        cls.objects.update_or_create(pk=1, defaults={"fingerprint": fingerprint})
