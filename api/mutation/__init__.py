"""What can be changed. One file a noun; a mutation only translates: input, one domain call, payload."""
