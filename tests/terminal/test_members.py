"""A member at a terminal: signs in, goes from room to room, and writes to somebody alone."""

from tests.support.servers import ADMIN_PASSWORD, Server
from tests.support.typists import Typist, piped
from tests.support.wire import Wire

SAFE = (
    "from django.contrib.auth.hashers import make_password; from chat.models import Room; "
    "Room.objects.create(slug='safe', name='Safe', password=make_password('open sesame'))"
)


def signed_in(server: Server, name: str) -> Typist:
    """Return a member in the default room, once they are there."""
    typist = Typist(server, "lobby", "--user", name)
    typist.sees("Password:")
    typist.types(ADMIN_PASSWORD)
    typist.sees(f"* You joined Lobby as {name}.")
    return typist


def test_two_members_write_to_each_other_alone(serve):
    server = serve(admins=("mara", "nils"))
    with signed_in(server, "mara") as mara, signed_in(server, "nils") as nils:
        mara.sees("lobby: 2 people here.")
        mara.types("/direct nil")
        mara.sees("as mara. Nobody else is here.")
        mara.types("just you")
        nils.sees("* mara wrote to you: just you")
        nils.types("/rooms")
        # What is unread follows within a second.
        nils.sees("* mara (direct")
        nils.sees("* Lobby (lobby): nothing unread. You are here.")
        nils.types("/join Mara")
        nils.sees("mara: just you")
        nils.types("/direct nobody")
        nils.sees("! No other member of that name is found.")
        assert ADMIN_PASSWORD not in mara.shown + nils.shown


def test_a_rooms_password_is_asked_for_and_not_shown(serve):
    server = serve()
    server.manage("shell", "-c", SAFE)
    with Typist(server, "lobby", "--name", "Ana") as ana:
        ana.sees("* You joined Lobby as Ana.")
        ana.types("/join safe")
        # What is typed while a line is being printed is echoed by the terminal itself.
        ana.sees("Password:", after="! This room asks for a password.")
        ana.types("guess")
        ana.sees("Password:", after="! That is not the room's password.")
        ana.types("open sesame")
        ana.sees("* You joined Safe as Ana.")
        ana.types("/rooms")
        ana.sees("* Safe (safe): nothing unread. You are here.")
        ana.types("/direct Bo")
        ana.sees("! No other member of that name is found.")
        assert "sesame" not in ana.shown
        assert "guess" not in ana.shown
    done = piped(server, "hello\n", "safe")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("Refused: This room asks for a password.")


def test_who_cannot_sign_in_reads_why(serve):
    server = serve(admins=("mara",))
    with Typist(server, "lobby", "--user", "mara") as mara:
        mara.sees("Password:")
        mara.types("wrong")
        mara.sees("That is not the name and password of an account here.")
        assert mara.leaves() == 2
    with Typist(server, "lobby", "--user", "mara") as mara:
        mara.sees("Password:")
        mara.ends_input()
        assert mara.leaves() == 0
    done = piped(server, "hi\n", "lobby", "--user", "mara")
    assert "asked for in a terminal alone" in done.stderr


def test_a_bot_has_its_token_in_the_environment(serve):
    server = serve()
    server.environment["CHAT_TOKEN"] = server.manage("bot", "Bo").strip()
    with Wire(server.ws_url) as ana:
        ana.enter("Ana")
        done = piped(server, "hello\n", "lobby", "--name", "Other")
        assert (done.returncode, done.stderr) == (0, "")
        assert ana.message("hello")["author"]["name"] == "Bo"
    server.environment["CHAT_TOKEN"] = "unknown"
    done = piped(server, "hello\n", "lobby")
    assert (done.returncode, done.stderr) == (
        2,
        "Refused: The token is not one of this site. Check CHAT_TOKEN.\n",
    )
