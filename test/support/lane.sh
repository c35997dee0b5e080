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
    if command -v clang++-16 >/dev/null; then
        cmake --workflow --preset clang
    else
        echo "There is no clang++-16, and it could not be installed: this is GCC"
        cmake --workflow --preset asan
    fi
    ;;
boost188)
    if ! test/support/get_boost188.sh; then
        echo "SKIPPED: the package libboost1.88-dev of Debian 13 cannot be had from apt's mirror"
        exit 77
    fi
    cmake --workflow --preset boost188
    ;;
bench)
    test/bench/run --quick
    for row in 1 2 3 4 5 6 7a 7b 8a 8b 9 10 11 12a 12b 13 14 15 16a 16b 17 18 F1 F2 F3 R1 R2 R3 R4 R5 B1 B2 B3 B4; do
        grep -q "\"row\":\"$row\"," build/bench/performance.json || {
            echo "row $row is missing" >&2
            exit 1
        }
    done
    ;;
*) # one that is all in CMakePresets.json
    cmake --workflow --preset "$1"
    ;;
esac
