"""The table of results: medians with their spread, and this server's ratio to each peer."""

from collections import defaultdict
from statistics import median

OURS = "chatsite"


def table(entries: list[dict]) -> str:
    """Return measurements as one markdown table.

    A cell has the median, its range in percent, and this server's value as a multiple of it.
    """
    rows: dict[tuple, dict[str, list[dict]]] = defaultdict(lambda: defaultdict(list))
    peers = list(dict.fromkeys([OURS, *(entry["peer"] for entry in entries)]))
    for entry in entries:
        key = entry["work"], entry["case"], entry["name"], entry["unit"], entry["better"]
        rows[key][entry["peer"]].append(entry)
    lines = [["work", "", "unit", *peers], ["---"] * 3 + ["---:"] * len(peers)]
    for (work, case, name, unit, better), cells in rows.items():
        ours = [entry["value"] for entry in cells[OURS]]
        texts = [cell(cells[peer], ours if peer != OURS else []) for peer in peers]
        lines.append([work, f"{case}, {name}", f"{unit}, {better} is better", *texts])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def cell(entries: list[dict], ours: list[float]) -> str:
    """Return one server's median; `*` where the load was the limit, `!` where there were faults."""
    if not entries:
        return ""
    values = [entry["value"] for entry in entries]
    middle = median(values)
    text = brief(middle, digits=3)
    if len(values) > 1 and middle:
        text += f" ±{50 * (max(values) - min(values)) / middle:.0f}%"
    text += "*" * any(entry["load_was_the_limit"] for entry in entries)
    text += "!" * any(entry["faults"] for entry in entries)
    if ours and middle:
        text += f" (**{brief(median(ours) / middle)}x**)"
    return text


def brief(number: float, digits: int = 2) -> str:
    """Return a number with so many digits, or all of those before the point."""
    return f"{number:,.0f}" if number >= 10 ** (digits - 1) else f"{number:.{digits}g}"
