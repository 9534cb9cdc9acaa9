"""Run the emulator, mended: `python -m local.emulator` in .venvs/local, as local/daemon.py does."""

from local import mends


def main() -> None:
    """Mend, then serve until told to end."""
    mends.apply_all()
    from ministack.app import main as serve  # reads its settings at import, and must be mended first

    serve()


if __name__ == "__main__":
    main()
