"""Run the emulator, mended: `python -m local.emulator` in .venvs/local. `make up` does this, see local/stack.py."""

from local import mends


def main() -> None:
    """Mend, then serve until told to end."""
    mends.apply_all()
    from ministack.app import main as serve  # noqa: PLC0415 - reads its settings at import, and must be mended first

    serve()


if __name__ == "__main__":
    main()
