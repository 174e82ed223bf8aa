#!/bin/sh
# Make the environment, or bring it up to date:  scripts/make_env.sh DIRECTORY [EXTRAS]
#
# PYTHON names the interpreter of a new environment; without it the first of those below
# that is new enough.  Plain sh, for this runs before anything is known of the machine.
set -eu

venv=$1
extras=${2:-}
new_enough='import sys; sys.exit(sys.version_info < (3, 11))'

refuse() {
    printf 'minijpki: %s\n' "$*" >&2
    exit 1
}

find_python() {
    for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$name" -c "$new_enough" 2>/dev/null; then
            printf '%s\n' "$name"
            return
        fi
    done
    found=$("${PYTHON:-python3}" -c 'import sys; print("Python " + sys.version.split()[0])' 2>/dev/null ||
        echo "no Python at all")
    refuse "${PYTHON:-python3} is $found, and 3.11 or newer is needed;" \
        "install one, or name it: make env PYTHON=python3.12"
}

require_venv() {
    "$1" -c 'import ensurepip, venv' 2>/dev/null && return
    # Debian keeps ensurepip in a package of its own, for its default Python and for each other.
    package=$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    if [ "$1" = python3 ]; then package=python3-venv; fi
    if [ "$(id -u)" -eq 0 ]; then as_root=; else as_root='sudo '; fi
    if command -v apt-get >/dev/null 2>&1; then
        refuse "$1 cannot make environments, for it lacks ensurepip;" \
            "run this once, then try again: ${as_root}apt-get install $package"
    fi
    refuse "$1 cannot make environments, for it lacks venv or ensurepip;" \
        "install them from where it came from, or name another: make env PYTHON=python3.12"
}

# A run that was interrupted leaves an environment without pip, which is no environment.
if ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    python=$(find_python)
    require_venv "$python"
    echo "environment: making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
fi

what=.
if [ -n "$extras" ]; then what=".[$extras]"; fi
log=$venv/install.log
status=$venv/install.status
echo "environment: installing minijpki$(printf %s "$what" | cut -c2-) with what it needs"
{
    "$venv/bin/python" -m pip install --no-input --progress-bar off --disable-pip-version-check \
        --editable "$what" 2>&1 && echo 0 >"$status" || echo 1 >"$status"
} | tee "$log" | awk '
    /^Collecting / { sub(/[<>=!~;[(].*/, "", $2); print "  " $2; fflush() }
    /^Installing collected packages/ { print "  unpacking"; fflush() }'
if [ "$(cat "$status")" != 0 ]; then
    grep -i 'error' "$log" >&2 || tail -n 12 "$log" >&2
    refuse "pip could not install $what; the whole story is in $log"
fi
echo "environment: ready, $("$venv/bin/python" --version)"
