"""Pure rules: errors, names, origins, rate limits. They import no other package of the chat."""
