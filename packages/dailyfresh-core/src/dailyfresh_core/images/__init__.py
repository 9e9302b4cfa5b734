"""Pictures that people send: headers read in bounds, judged, drawn by a process apart."""
