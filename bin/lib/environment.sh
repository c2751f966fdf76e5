# Sourced by the commands in bin/: the project's folder, its Python and its virtual environment.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
ROOT=$PWD
VENV=$ROOT/.venv
export PATH="$VENV/bin:$PATH"

say() { printf '%s\n' "$*" >&2; }

refuse() {
    say "$(basename "$0"): $*"
    exit 2
}

# Makes .venv when there is none and installs the named requirements file when it changed.
ensure_environment() {
    local requirements=$1 stamp="$VENV/.installed-$1" wanted
    [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c '' 2>/dev/null || create_environment
    wanted=$("$VENV/bin/python" - requirements*.txt <<<"$FINGERPRINT")
    [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$wanted" ] && return
    say "Installing $requirements into .venv (once; this takes a minute or two) ..."
    "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check -r "$requirements" ||
        refuse "pip could not install $requirements: see its message above."
    printf '%s\n' "$wanted" >"$stamp"
}

FINGERPRINT='
import hashlib, pathlib, sys
print(hashlib.sha256(b"".join(pathlib.Path(name).read_bytes() for name in sys.argv[1:])).hexdigest())
'

create_environment() {
    local python
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        refuse "$python has no venv module: install it (Debian, Ubuntu: apt install python3-venv)."
    "$python" -m venv --clear "$VENV" || refuse "$python could not create $VENV."
}

# Prints the first Python that is new enough; CHATSITE_PYTHON or PYTHON may name one.
find_python() {
    local candidate found=""
    for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11 python; do
        command -v "$candidate" >/dev/null || continue
        found=$candidate
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
        command -v "$candidate"
        return
    done
    [ -n "$found" ] || refuse "Python 3.11 or newer is needed, and none was found on the PATH."
    refuse "Python 3.11 or newer is needed, and $found is $("$found" -V 2>&1)."
}
