#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# compile_time.sh [COMPILER [FLAG...]]: how long a source takes to compile that includes
# <spool/spool.hpp> and reads a stream with a callback, compared with the same for a pipe and nothing
# but Asio's headers for that. The two take turns, and the least processor time of each counts, because
# other work on the machine only adds to it. Fails if the ratio is above 1.3.
set -euo pipefail
cd "$(dirname "$0")/.."
compiler=("${@:-c++}")
export CCACHE_DISABLE=1
TIMEFORMAT='%U %S'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

compile() {
    "${compiler[@]}" -std=c++20 -O2 -Iinclude -c "test/compile_time/$1.cpp" -o "$work/$1.o" 2>&3
}

for _ in 1 2 3; do
    for unit in with_asio with_spool; do
        { time compile "$unit"; } 3>&2 2>"$work/time"
        echo "$unit $(<"$work/time")" >>"$work/times"
    done
done
awk '
    { time = $2 + $3 }
    !($1 in least) || time < least[$1] { least[$1] = time }
    END {
        asio = least["with_asio"]
        spool = least["with_spool"]
        printf "Asio %.2f s, spool %.2f s: %.2f times as long\n", asio, spool, spool / asio
        exit spool > 1.3 * asio
    }' "$work/times"
