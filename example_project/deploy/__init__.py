"""How the store is deployed: the files that nginx, uwsgi and systemd read, and the stack that runs exactly these."""
