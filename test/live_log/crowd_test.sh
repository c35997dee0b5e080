#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# Many clients, and those that do not behave.
. "$(dirname "$0")/support.sh"
crowd=$(realpath "$2")

# The memory that the server has, in bytes; the processor time that it has used, in hundredths of seconds.
memory() { awk '$1 == "VmRSS:" { print $2 * 1024 }' "/proc/$server/status"; }
processor_time() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

# gather FILE COUNT: as many clients, which expect what is in the file bytes.
gather() {
    "$crowd" "$port" "$2" bytes >"$1" 2>"$1.error" 9>&- &
    clients[$1]=$!
    touch "$1"
}
are_served() { grep -q 'all are served' "$1"; }

test_a_thousand_clients_at_once_get_the_same_bytes() {
    head -c 50000 /dev/urandom >bytes
    start_live
    head -c 10000 bytes >&9
    gather thousand 1000
    wait_until are_served thousand
    tail -c +10001 bytes >&9
    exec 9>&-
    ends_with thousand 0
    equal "$(tail -n 1 thousand)" '1000 of 1000 got everything'
}

cannot_accept() { [[ $(grep -c 'cannot accept' said) -ge $1 ]]; }

test_out_of_descriptors_clients_wait_for_others_to_leave_and_the_server_does_not_spin() {
    echo 'first and second' >bytes
    start_live
    echo -n 'first and ' >&9
    prlimit --pid "$server" --nofile=40
    gather lucky 20
    wait_until are_served lucky
    gather patient 20
    wait_until cannot_accept 1
    local -i before
    before=$(processor_time)
    wait_until cannot_accept 3 # it says so once a second
    (($(processor_time) - before < 10)) || fail "processor time: $before, then $(processor_time)"

    kill -KILL "${clients[lucky]}"
    wait_until are_served patient
    echo second >&9
    exec 9>&-
    ends_with patient 0
}

test_clients_that_stop_reading_cost_no_memory_and_disturb_nobody() {
    local -i size=16000000 count=30
    head -c "$size" /dev/urandom >bytes
    start_live
    for ((i = 0; i < count; i++)); do
        stall
    done
    join other
    cat bytes >&9
    exec 9>&-
    ends_with other 0
    same bytes other
    # The output itself is in memory once; a copy for each of them would be much more.
    (($(memory) < size * count / 4)) || fail "$(memory) bytes of memory"
    same bytes - <&"$stalled"
}

run_cases
