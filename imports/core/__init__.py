"""What an import means, in pure Python: records, reading, mapping, planning and problems."""
