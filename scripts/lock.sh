#!/bin/sh
# Makes the locks from pyproject.toml: every version for every platform and Python, with hashes, and no address.
# The development lock comes first; the others are held to its versions, so that what was tested is what runs.
set -eu
cd "$(dirname "$0")/.."

lock() {
    file=requirements/$1.lock
    shift
    echo "Locking $file"
    uv pip compile pyproject.toml --group build --extra video --extra eval --extra mqtt --extra redis "$@" \
        --universal --python-version 3.11 --generate-hashes \
        --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet --output-file "$file"
}

lock dev --extra cpu --extra dev "$@"
lock runtime-cpu --extra cpu --constraints requirements/dev.lock "$@"
lock runtime-gpu --extra gpu --constraints requirements/dev.lock "$@"
