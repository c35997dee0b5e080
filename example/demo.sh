#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# demo.sh LIVE_LOG: serves the output of a real build, that of this library, to three clients that join at
# its start, in its middle and after its end, and checks that each got what the build wrote.
set -euo pipefail
live_log=$1
root=$(cd "$(dirname "$0")/.." && pwd)
mkdir -p "$root/build"
work=$(mktemp -d "$root/build/demo.XXXXXX")
server=

clean_up() {
    if [[ $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" || true
    fi
    rm -rf "$work"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

fail() {
    {
        echo "FAILED: $*"
        echo "--- live_log said:"
        cat "$work/said"
        echo "--- the build wrote at last:"
        tail -n 20 "$work/written"
    } >&2
    exit 1
}

# wait_until WHAT COMMAND...: asks COMMAND again and again, for five minutes at most.
wait_until() {
    local what=$1 end=$((SECONDS + 300))
    shift
    until "$@"; do
        kill -0 "$server" 2>/dev/null || fail "live_log ended before $what"
        ((SECONDS < end)) || fail "waited too long until $what"
        sleep 0.05
    done
}

size() { stat -c %s "$work/$1"; }
url_is_there() { [[ $(wc -l <"$work/urls") -ge 2 ]]; }
has_joined() { [[ -s $work/$1.head ]]; }
has_ended() { grep -q 'the output is' "$work/said"; }
# The steps of the build are numbered like [3/13].
half_is_done() {
    local done_and_all
    done_and_all=$(sed -n 's#^\[\([0-9]*\)/\([0-9]*\)\] .*#\1 \2#p' "$work/start" | tail -n 1)
    local -i done=${done_and_all% *} all=${done_and_all#* }
    ((all > 0 && 2 * done >= all))
}

# join NAME WHEN: starts a client, and returns when it is being served.
join() {
    curl -sS -D "$work/$1.head" "$url" >"$work/$1" 2>"$work/$1.error" &
    clients[$1]=$!
    local written
    written=$(size written)
    wait_until "the client that joins $2 was answered" has_joined "$1"
    printf 'A client joins %-14s %6d bytes have been written so far\n' "$2:" "$written"
}

# What is served: the command, which also keeps what it writes. With ccache there would be little to watch.
: >"$work/written" >"$work/start" >"$work/urls" >"$work/said"
build='{ cmake -S "$0" -B "$1/build" -G Ninja \
             -DSPOOL_BUILD_TESTS=OFF -DSPOOL_BUILD_EXAMPLES=OFF -DSPOOL_INSTALL=OFF &&
         cmake --build "$1/build" --verbose; } 2>&1 | tee "$1/written"'
CCACHE_DISABLE=1 "$live_log" -- bash -o pipefail -c "$build" "$root" "$work" \
    >"$work/urls" 2>"$work/said" </dev/null &
server=$!
wait_until "it said where it listens" url_is_there
url=$(head -n 1 "$work/urls")

declare -A clients
echo "A build of this library is served at $url"
join start "at the start"
wait_until "half of the build was done" half_is_done
join middle "in the middle"
has_ended && fail "the build was over before a client could join in its middle"
wait_until "the build was over" has_ended
grep -q 'bash exited with code 0' "$work/said" || fail "the build did not work"
join end "after the end"

row='%-31s %6d bytes  sha256 %s\n'
expected=$(sha256sum <"$work/written")
printf "$row" "The build wrote" "$(size written)" "${expected:0:16}..."
for name in start middle end; do
    wait "${clients[$name]}" || fail "curl: $(cat "$work/$name.error")"
    got=$(sha256sum <"$work/$name")
    printf "$row" "The client from the $name got" "$(size "$name")" "${got:0:16}..."
    [[ $got == "$expected" ]] || fail "the client from the $name got something else"
done

kill -INT "$server"
wait "$server" || fail "live_log ended with exit code $?"
server=
echo "All three got the same bytes as the build wrote, from the first to the last."
