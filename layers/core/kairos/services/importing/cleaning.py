"""Deleting the files of an import."""

from kairos.ports import Objects
from kairos.services.importing.jobs import Job
from kairos.services.importing.places import bad_rows_file, outcome_file, part_file, uploaded_file


def delete_parts(objects: Objects, job: Job) -> None:
    """The parts, and what became of them; the file itself and its bad rows stay."""
    for part in range(job.told.progress.parts):
        objects.delete(part_file(job.shop, job.told.id, part))
        objects.delete(outcome_file(job.shop, job.told.id, part))
    objects.delete(outcome_file(job.shop, job.told.id, None))


def delete_all(objects: Objects, job: Job) -> None:
    """Everything of it in the bucket."""
    delete_parts(objects, job)
    objects.delete(uploaded_file(job.shop, job.told.id))
    objects.delete(bad_rows_file(job.shop, job.told.id))
