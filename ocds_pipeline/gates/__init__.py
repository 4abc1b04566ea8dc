"""Gates: what an edition's files must stand before any of them is published; judged in a process of their own."""
