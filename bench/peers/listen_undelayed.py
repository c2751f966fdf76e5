"""Run nginx with an inherited listening socket without delay: listen_undelayed.py PORT COMMAND...

nginx has no setting for this; accepted sockets inherit TCP_NODELAY from the listening one.
"""

import os
import socket
import sys

port, *command = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", int(port)), backlog=4096)
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
listener.set_inheritable(True)
os.environ["NGINX"] = f"{listener.fileno()};"
os.execv(command[0], command)
