"""A proxy between clients and a server of MySQL, both on Unix sockets, that changes what clients say.

proxy.py LISTEN SERVER WHEN FROM TO [FROM TO ...]   FROM and TO have the same length; it begins
                                                    when there is a file WHEN
"""

import os
import select
import socket
import sys
import threading


def carry(client, path, when, changes):
    server = socket.socket(socket.AF_UNIX)
    server.connect(path)
    ends = {client: server, server: client}
    while True:
        for end in select.select(list(ends), [], [])[0]:
            data = end.recv(1 << 16)
            if not data:
                client.close()
                server.close()
                return
            for old, new in changes if end is client and os.path.exists(when) else []:
                data = data.replace(old, new)
            ends[end].sendall(data)


def main():
    listen, path, when = sys.argv[1:4]
    words = [word.encode() for word in sys.argv[4:]]
    changes = list(zip(words[::2], words[1::2]))
    assert all(len(old) == len(new) for old, new in changes)
    door = socket.socket(socket.AF_UNIX)
    door.bind(listen)
    door.listen(16)
    while True:
        client = door.accept()[0]
        threading.Thread(target=carry, args=(client, path, when, changes),
                         daemon=True).start()


main()
