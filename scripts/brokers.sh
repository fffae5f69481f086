#!/bin/sh
# Installs the brokers that the tests publish to, Mosquitto and Redis, where Debian packages can be had: as root, with
# apt-get. Everywhere else it says what is missing, and those tests are skipped. No broker is started here.
set -u

missing=''
command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ] || missing="$missing mosquitto"
command -v redis-server >/dev/null 2>&1 || missing="$missing redis-server"
[ -z "$missing" ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "Installing Debian's$missing for the tests of publishing"
    export DEBIAN_FRONTEND=noninteractive
    # A package that starts its daemon would keep the port, and a machine for tests wants none.
    export RUNLEVEL=1
    limit=''
    command -v timeout >/dev/null 2>&1 && limit='timeout 300'
    # shellcheck disable=SC2086  # a list of words
    if { $limit apt-get update -qq && $limit apt-get install -y -qq --no-install-recommends $missing; } \
        </dev/null >/dev/null 2>&1; then
        exit 0
    fi
fi

echo "Not here:$missing; the tests that publish to them will be skipped (Debian: apt-get install$missing)." >&2
exit 1
