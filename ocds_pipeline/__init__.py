"""Where it is put together: settings, storage, store, steps, command line."""
