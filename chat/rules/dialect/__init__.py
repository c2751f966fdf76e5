"""How messages are written (docs/formatting.md): a text becomes a small tree of plain objects.

static/chat/page/dialect/ and logic/links.js are the same in JavaScript, module by module, and both
pass tests/rules/dialect.json. Whatever the text, the time is in proportion to it.
"""
