"""A program with Socket.IO's client for Python: it sends a message, and prints what it hears.

A process of its own: what the client leaves open ends with it.
"""

import json
import sys

import socketio


def main(url: str, transports: str, auth: str) -> None:
    with socketio.SimpleClient() as client:
        try:
            client.connect(url, auth=json.loads(auth), transports=transports.split(","))
        except socketio.exceptions.ConnectionError as error:
            say(f"refused: {error}")
            return
        reply = client.call("send", {"room": "lobby", "id": "1", "body": "from Python"})
        say(f"{reply['type']} {reply['seq']}")
        while True:
            name, event = client.receive()
            say(f"{name} {event['message']['body'] if name == 'message' else ''}")


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
