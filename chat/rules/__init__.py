"""Pure rules: names, origins, limits, refusals in words. They import nothing of the chat."""
