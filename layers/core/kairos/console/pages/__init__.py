"""The console's pages: a module a section, with what it needs on its routes."""
