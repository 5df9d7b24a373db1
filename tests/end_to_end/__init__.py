"""The program as people run it: real processes, a real Rasa server, real files. Slow; everything else is tested elsewhere."""
