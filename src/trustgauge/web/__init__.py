"""The label page: people judge replies in a browser on this machine. Needs the extra `label`."""
