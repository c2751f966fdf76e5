"""What a story may choose among: people, processes, rooms and texts."""

from hypothesis import strategies as st

# An index, taken modulo how many there are.
some = st.integers(0, 5)
people = st.integers(0, 3)
processes = st.integers(0, 1)
sockets = st.sampled_from(["socket", "socket", "Socket.IO"])
slugs = st.sampled_from(["tea", "tea", "chess"])
# At, over and under the limits that an admin sets, and invalid ones.
bodies = st.sampled_from(
    [
        *("a", "b", "c\n", "x" * 20, "y" * 5, "é" * 6, "z" * 21, " ", "a\0b"),
        *("@Mara", "hi @mara, a", "`@Mara` @here"),
    ]
)
# Whom a message means: who is named in it, or people by their ids, or both.
namings = st.tuples(st.sampled_from(["names", "names", "ids", "both"]), st.lists(some, max_size=3))
numbers = st.integers(0, 12)
places = st.sampled_from(["before", "after", "around"])
bases = st.sampled_from(["none", "seen", "seen", "earlier", "other"])
# "👍" twice, and what is no emoji.
emojis = st.sampled_from(["👍", "👍\ufe0f", "❤️", "1️⃣", "🇷🇴", "x"])
flips = st.booleans()
rarely = st.sampled_from([False, False, False, True])
versions = st.one_of(st.none(), st.just("own"), numbers, st.just(2**63 - 1))
lines = st.lists(st.tuples(some, slugs, st.sampled_from("abc")), min_size=1, max_size=12)
posts = st.lists(
    st.tuples(people, processes, slugs, st.sampled_from("abc")), min_size=1, max_size=4
)
