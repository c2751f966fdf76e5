# Sourced by the commands in bin/, from any folder: goes to the project's folder and provides
# ensure_environment, after which `python` is the project's own.

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
VENV=$PWD/.venv
# So that output appears at once in a file or a service's log.
export PYTHONUNBUFFERED=1

say() { printf '%s\n' "$*" >&2; }

refuse() {
    say "bin/$(basename "$0"): $*"
    exit 2
}

# Puts .venv on the PATH; makes it first where there is none, and installs the requirements in
# file $1 where they or Python, which they depend on, changed since the last time.
ensure_environment() {
    local stamp=$VENV/.installed-$1 wanted
    # Without pip after the system's Python has become another one, such as 3.12 in place of 3.11.
    "$VENV/bin/python" -c 'import pip' 2>/dev/null || create_environment
    export PATH="$VENV/bin:$PATH"
    wanted=$({ python --version && cat requirements*.txt; } | cksum)
    if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
        say "Installing $1 into .venv (a minute or two, only when it changed) ..."
        python -m pip install --quiet --disable-pip-version-check --requirement "$1" ||
            refuse "pip could not install $1; its error is above."
        printf '%s\n' "$wanted" >"$stamp"
    fi
}

create_environment() {
    local python
    python=$(find_python)
    "$python" -c 'import ensurepip, venv' 2>/dev/null ||
        refuse "$python cannot make virtual environments. Install its venv module" \
            "(Debian and Ubuntu: apt install python3-venv)."
    "$python" -m venv --clear "$VENV" || refuse "$python could not make $VENV."
}

# Prints the path of a Python that is new enough; prefers the one named by PYTHON.
find_python() {
    local name found=
    for name in ${PYTHON:+"$PYTHON"} python3 python3.14 python3.13 python3.12 python3.11; do
        found=${found:-$(command -v "$name" || true)}
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"
            return
        fi
    done
    [ -n "$found" ] || refuse "Python 3.11 or newer is needed, and there is none on the PATH."
    refuse "Python 3.11 or newer is needed, and $found is $("$found" --version 2>&1)."
}
