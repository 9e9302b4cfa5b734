"""`python stand_in_redis.py PORT`: fakeredis as a server, where no real one can be had."""

import sys

from fakeredis import TcpFakeServer

TcpFakeServer(("127.0.0.1", int(sys.argv[1])), server_type="redis").serve_forever()
