"""Sample exports, the script that writes them, and a reference legacy directory."""
