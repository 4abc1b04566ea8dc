"""Portal → archive and documents."""
