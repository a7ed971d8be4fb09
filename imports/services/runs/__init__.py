"""Lead jobs through their phases: dry run, run, pause, resume, recover."""
