"""Every command of the protocol and its handler."""

from collections.abc import Awaitable, Callable

from chat import protocol
from chat.connection.commands import entering, liveness, messages, reading, rooms
from chat.connection.connection import Connection

Handler = Callable[[Connection, protocol.Command], Awaitable[None]]

# A handler sends the reply itself; it raises ChatError for a refusal.
HANDLERS: dict[type[protocol.Command], Handler] = {
    protocol.Hello: entering.hello,
    protocol.Join: entering.join_room,
    protocol.Leave: entering.leave_room,
    protocol.Send: messages.send_message,
    protocol.Edit: messages.edit_message,
    protocol.Delete: messages.delete_message,
    protocol.React: messages.react,
    protocol.Sync: reading.sync,
    protocol.History: reading.history,
    protocol.Get: reading.get_messages,
    protocol.Read: rooms.read,
    protocol.Watch: rooms.watch,
    protocol.Received: reading.note_received,
    protocol.Typing: liveness.typing,
    protocol.Ping: liveness.ping,
}
