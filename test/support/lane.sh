#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# Runs one lane of test/run. Exit status 77: it cannot be had on this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

case $1 in
format)
    find include src test example -name '*.[hc]pp' -print0 |
        xargs -0 clang-format-14 --dry-run -Werror --ferror-limit=1
    ;;
docs)
    rm -rf build/docs
    mkdir -p build/docs
    doxygen doc/Doxyfile
    echo "The reference is in build/docs/html/index.html"
    ;;
clang)
    if ! command -v clang++-16 >/dev/null; then
        echo "SKIPPED: there is no clang++-16, and it could not be installed"
        exit 77
    fi
    cmake --workflow --preset clang
    ;;
boost188)
    if ! test/support/get_boost188.sh; then
        echo "SKIPPED: the package libboost1.88-dev of Debian 13 cannot be had from apt's mirror"
        exit 77
    fi
    cmake --workflow --preset boost188
    ;;
*) # one that is all in CMakePresets.json
    cmake --workflow --preset "$1"
    ;;
esac
