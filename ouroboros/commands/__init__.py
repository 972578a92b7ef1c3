"""The commands, a file each: a module here is found by being here, and its `app` becomes a command.

Whatever takes long to load, or is not installed everywhere, is imported by the command that needs it.
"""
