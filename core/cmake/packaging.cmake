# Completed by the plugin host's work.
