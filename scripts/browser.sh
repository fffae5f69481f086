#!/bin/sh
# Installs Chromium for the browser tests where a Debian package can be had: as root, with apt-get.
# Everywhere else it says what is missing, and those tests are skipped.
set -u

for name in chromium chromium-browser google-chrome; do
    command -v "$name" >/dev/null 2>&1 && exit 0
done

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's chromium for the browser tests"
    export DEBIAN_FRONTEND=noninteractive
    limit=''
    command -v timeout >/dev/null 2>&1 && limit='timeout 300'
    if { $limit apt-get update -qq && $limit apt-get install -y -qq --no-install-recommends chromium fonts-dejavu-core; } \
        </dev/null >/dev/null 2>&1; then
        exit 0
    fi
fi

echo "No Chromium here: the browser tests will be skipped (Debian: apt-get install chromium)." >&2
exit 1
