"""Read users out of the database portion by portion, in one snapshot."""
