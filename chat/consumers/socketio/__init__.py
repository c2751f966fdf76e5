"""The entry point for Socket.IO clients: protocol 5 of Socket.IO over protocol 4 of Engine.IO.

`application` takes requests and sockets, a `Session` is one client's Engine.IO, over polling or a
WebSocket, and a `Client` its Socket.IO: a Connection like all others. What events mean is in
`native` (the commands of the protocol) and `vocabularies/` (those of older pages).
"""
