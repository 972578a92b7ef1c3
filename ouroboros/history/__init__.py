"""Where past events come from and go to: the archive, the journal, exports, files of others."""
