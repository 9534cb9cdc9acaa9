"""Files of the snapshot on the local disk: fetched once, for as long as they are needed."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory

from kairos.domain.errors import NotFound
from kairos.engine.manifest import FileRef, SnapshotBroken
from kairos.ports import Files


class LocalFiles:
    """Copies in a folder of its own, each under the hash of its key: keys are never used again, so none gets
    stale. folder: where that folder is made. unique: a text never given before, for new keys.
    """

    def __init__(self, files: Files, folder: Path, unique: Callable[[], str] = token_hex) -> None:
        self._files = files
        self._unique = unique
        folder.mkdir(parents=True, exist_ok=True)
        self._own = TemporaryDirectory(dir=folder, ignore_cleanup_errors=True)

    @property
    def folder(self) -> Path:
        """Where files that are yet to be stored may be written."""
        return Path(self._own.name)

    def path(self, ref: FileRef) -> Path:
        """The whole file. Raises SnapshotBroken where it is missing or has another size than it must."""
        path = self._place(ref.key)
        if not path.exists():
            part = path.with_suffix(".part")
            try:
                self._files.fetch(ref.key, part)
            except NotFound as missing:
                part.unlink(missing_ok=True)
                raise SnapshotBroken(ref.key, "There is no such file.") from missing
            part.replace(path)
        if (size := path.stat().st_size) != ref.size:
            path.unlink()
            raise SnapshotBroken(ref.key, f"It has {size} bytes, not {ref.size}.")
        return path

    def store(self, name: str, path: Path) -> FileRef:
        """Move a local file into the bucket, under a key that begins with the name and was never used."""
        key = f"{name}-{self._unique()}"
        kept = path.replace(self._place(key))
        self._files.store(key, kept)
        return FileRef(key=key, size=kept.stat().st_size)

    def put(self, name: str, body: bytes) -> FileRef:
        """The same for bytes."""
        path = self.folder / self._unique()
        path.write_bytes(body)
        return self.store(name, path)

    def forget(self, refs: Iterable[FileRef]) -> None:
        """Remove the local copies."""
        for ref in refs:
            with suppress(FileNotFoundError):
                self._place(ref.key).unlink()

    def _place(self, key: str) -> Path:
        return self.folder / sha256(key.encode()).hexdigest()[:32]
