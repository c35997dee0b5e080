#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# Output of which only a part is kept.
. "$(dirname "$0")/support.sh"

# statistic NAME: a number out of /stats.
statistic() {
    equal "$(ask "${url}stats")" 200
    sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" body
}
is_at_least() { (($(statistic "$1") >= $2)); }
is() { [[ $(statistic "$1") == "$2" ]]; }

# numbers FIRST LAST: lines that tell where they belong.
numbers() { seq -f '%09.0f' "$1" "$2"; }

test_who_comes_late_gets_a_mark_and_the_last_bytes() {
    numbers 1 100000 >lines
    start --keep 64KiB -- cat lines
    wait_until has_said 'the output is complete'
    join client
    ends_with client 0
    missed=$(sed -n '2s/^\[live_log: \([0-9]*\) bytes are gone\]$/\1/p' client)
    ((missed > 1000000 - 65536 && missed < 1000000)) || fail "the mark: $(head -n 2 client)"
    tail -c +$((missed + 1)) lines >expected
    tail -n +3 client >rest
    same expected rest
    is base "$missed" && is size 1000000 || fail "$(<body)"
}

# The client is slow, and stays connected: the kernel's buffers hold some MB.
test_a_slow_client_gets_a_mark_of_what_it_missed() {
    numbers 1 3000000 >lines
    start_live --keep 1MiB
    stall
    cat lines >&9
    exec 9>&-
    wait_until has_said 'the output is complete'
    cat <&"$stalled" >got
    grep -q '^\[live_log: [0-9]* bytes are gone\]$' got || fail 'no mark'
    missed=$(sed -n 's/^\[live_log: \([0-9]*\) bytes are gone\]$/\1/p' got | paste -sd+ | bc)
    marks=$(grep -c 'bytes are gone' got)
    sed -n '/bytes are gone/!p' got | sed '/^$/d' | tail -n 1 | grep -q '^003000000$' ||
        fail 'not the last line'
    equal "$(statistic skipped)" "$missed"
    marked=$(grep 'bytes are gone' got | wc -c)
    equal "$(($(stat -c %s got) - marked - marks + missed))" 30000000
}

test_a_slow_client_is_dropped() {
    numbers 1 3000000 >lines
    start_live --keep 1MiB --slow-client drop
    stall
    cat lines >&9
    exec 9>&-
    wait_until has_said 'the output is complete'
    cat <&"$stalled" >got 2>error || true
    ! grep -q 'bytes are gone' got || fail 'a mark'
    (($(stat -c %s got) < 30000000)) || fail 'it got everything'
    wait_until is readers 0
}

test_the_command_waits_for_a_slow_client() {
    numbers 1 3000000 >lines
    start --keep 1MiB --slow-client wait --exit-with-child -- sh -c 'until [ -e go ]; do sleep 0.01; done; cat lines'
    stall
    touch go
    wait_until is waiting_writers 1
    (($(statistic resident) <= 1048576)) || fail "$(<body)"
    cat <&"$stalled" >got
    same lines got
    exits_with 0
    server=
}

test_statistics_are_told_on_a_signal() {
    start_live --keep 1MiB
    join client
    echo text >&9
    wait_until is size 5
    wait_until is read 5
    equal "$(statistic readers)" 1
    has_field 'content-type: application/json'
    kill -USR1 "$server"
    wait_until has_said '"size":5'
    exec 9>&-
    ends_with client 0
}

test_a_file_is_bounded_too() {
    numbers 1 3000000 >lines
    start --keep 1MiB --save log -- cat lines
    wait_until has_said 'saved to log$'
    join client
    ends_with client 0
    grep -q 'bytes are gone' client || fail 'no mark'
    equal "$(tail -n 1 client)" 003000000
    (($(du -k log | cut -f 1) < 8 * 1024)) || fail "$(du -k log)"
}

run_cases
