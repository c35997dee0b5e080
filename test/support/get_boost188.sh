#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# Unpacks the headers of Boost 1.88, a package of Debian 13, to build/boost-1.88/usr. They come from the
# mirror that apt uses already, and apt checks its signature. It is given lists of its own for that,
# so nothing of the system's changes and no root is needed.
set -euo pipefail
cd "$(dirname "$0")/../.."
[[ -e build/boost-1.88 ]] && exit

work=$PWD/build/boost-1.88.partial
rm -rf "$work"
mkdir -p "$work/lists/partial"
cd "$work"
options=(
    -q
    -o "Dir::Etc::SourceList=$work/sources.list"
    -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$work/lists"
    -o Dir::Cache::PkgCache=
    -o Dir::Cache::SrcPkgCache=
    -o Acquire::Languages=none
    -o APT::Sandbox::User=root
)
# Lines like 'http://deb.debian.org/debian/dists/bookworm/InRelease' ...; there may be other
# repositories for Debian 12 beside its own, which then do not have the package.
mirrors=$(apt-get --print-uris update | sed -n "s#^'\(.*\)/dists/bookworm/InRelease' .*#\1#p")
for mirror in $mirrors; do
    echo "deb $mirror trixie main" >sources.list
    if apt-get "${options[@]}" update && apt-get "${options[@]}" download libboost1.88-dev; then
        dpkg-deb -x libboost1.88-dev_*.deb unpacked
        mv unpacked ../boost-1.88
        rm -r "$work"
        exit
    fi
done
exit 1
