"""What `manage.py run` is made of: the programs of a whole Userferry on one machine."""
