"""The checks, one module each; a module that stands here is run, published and documented."""
