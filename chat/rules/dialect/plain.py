"""What a message says, without marks: for a preview, a title, a line beside a message."""

from chat.rules.dialect.marks import Child
from chat.rules.dialect.parse import parse_text


def plain_text(text: str) -> str:
    """Return what a message says, without its marks; links are followed by their addresses."""
    return text_of_blocks(parse_text(text))


def text_of_blocks(blocks: list[dict]) -> str:
    return "\n".join(map(text_of_block, blocks))


def text_of_block(block: dict) -> str:
    if block["type"] == "code":
        return block["text"]
    if block["type"] == "quote":
        return indented(text_of_blocks(block["children"]), "> ")
    if block["type"] == "list":
        return "\n".join(map(text_of_item, block["items"]))
    return text_of_children(block["children"])


def text_of_item(item: dict) -> str:
    first, *more = text_of_children(item["children"]).split("\n")
    lines = [f"{sign_of(item)} {first}", *(f"  {line}" for line in more)]
    return "\n".join(
        [*lines, *(indented(text_of_item(each), "  ") for each in item.get("items", ()))]
    )


def sign_of(item: dict) -> str:
    """Return what an item of a list begins with."""
    return "•" if item["marker"] in "-*" else item["marker"]


def indented(text: str, indentation: str) -> str:
    return "\n".join(indentation + line for line in text.split("\n"))


def text_of_children(children: list[Child]) -> str:
    return "".join(map(text_of_child, children))


def text_of_child(child: Child) -> str:
    if isinstance(child, str):
        return child
    if child["type"] == "code":
        return child["text"]
    text = text_of_children(child.get("children", ()))
    if child["type"] != "link":
        return text
    return (
        f"{text} ({child['address']})" if text not in ("", child["address"]) else child["address"]
    )
