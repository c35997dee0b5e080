#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# Unpacks the headers of Boost 1.88, a package of Debian 13, to build/boost-1.88/usr. They come from the
# mirror that apt uses already, and apt checks them; it is given a configuration of its own for
# that, so that nothing of the system's changes, and no root is needed.
set -euo pipefail
cd "$(dirname "$0")/../.."
[[ -e build/boost-1.88/usr ]] && exit

mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -m1 '/debian/$')
rm -rf build/boost-1.88.partial
mkdir -p build/boost-1.88.partial/lists/partial
cd build/boost-1.88.partial
echo "deb $mirror trixie main" >sources.list
options=(
    -q
    -o "Dir::Etc::SourceList=$PWD/sources.list"
    -o Dir::Etc::SourceParts=/dev/null
    -o "Dir::State::Lists=$PWD/lists"
    -o Dir::Cache::SrcPkgCache= -o Dir::Cache::PkgCache=
    -o Acquire::Languages=none
    -o Acquire::Retries=3
    -o APT::Sandbox::User=root
)
apt-get "${options[@]}" update
apt-get "${options[@]}" download libboost1.88-dev
dpkg-deb -x libboost1.88-dev_*.deb .
rm -r lists libboost1.88-dev_*.deb
cd ..
mv boost-1.88.partial boost-1.88
