"""One module per family of hash formats; each exports its formats as `FORMATS`."""
