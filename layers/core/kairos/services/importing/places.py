"""Where the files of an import lie in the bucket."""


def uploaded_file(shop: str, import_id: str) -> str:
    """What the shop sent."""
    return f"imports/{shop}/{import_id}/file"


def part_file(shop: str, import_id: str, part: int) -> str:
    """Some of its rows, one JSON list a line: the row's line and its cells."""
    return f"imports/{shop}/{import_id}/parts/{part:05}"


def outcome_file(shop: str, import_id: str, part: int | None) -> str:
    """What became of a part; None: what was wrong with rows that are in none."""
    name = "split" if part is None else f"{part:05}"
    return f"imports/{shop}/{import_id}/outcomes/{name}"


def bad_rows_file(shop: str, import_id: str) -> str:
    """Every bad row, as CSV."""
    return f"imports/{shop}/{import_id}/bad-rows.csv"
