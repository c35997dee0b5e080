# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# To be sourced by the tests of live_log, which are run as: NAME_test.sh LIVE_LOG [CROWD]. A case is a
# function test_NAME. It runs alone, in a directory of its own, and fails with the first command that does.
set -euo pipefail
live_log=$(realpath "$1")

fail() {
    echo "    $*"
    [[ ! -s said ]] || sed 's/^/    it said: /' said
    exit 1
} >&2

# wait_until COMMAND...: asks COMMAND again and again, for 20 seconds at most.
wait_until() {
    local end=$((SECONDS + 20))
    until "$@"; do
        ((SECONDS < end)) || fail "waited too long until: $*"
        sleep 0.01
    done
}

# start ARGUMENT...: runs live_log on free ports; its standard input is that of the case.
start() {
    : >urls >said
    "$live_log" "$@" >urls 2>said <&0 &
    server=$!
    wait_until introduced_or_dead
    introduced || fail "it did not start"
    url=$(head -n 1 urls)
    port=$(sed -n '1s#.*:\([0-9]*\)/$#\1#p' urls)
    tcp_port=$(sed -n 's#^nc 127.0.0.1 ##p' urls)
}
introduced() { grep -q curl urls; }
introduced_or_dead() { introduced || ! kill -0 "$server" 2>/dev/null; }

# start_live ARGUMENT...: runs live_log with a command that writes what the case writes to descriptor 9.
# It ends when the case closes that, and nothing else has it open. Its process id is in the file pid.
start_live() {
    mkfifo live
    start "$@" -- sh -c 'echo $$ >pid; exec cat live'
    exec 9>live
}

has_said() { grep -q -- "$1" said; }
has_size() { [[ $(stat -c %s "$1") -ge $2 ]]; }

# join FILE CURL_ARGUMENT...: starts a client, and returns when the server has answered.
join() {
    local file=$1
    shift
    : >"$file" >"$file.head"
    curl -sSN -m 30 -D "$file.head" -o "$file" "$@" "$url" 2>"$file.error" 9>&- &
    clients[$file]=$!
    wait_until grep -q $'^\r$' "$file.head"
}

# stall: connects a client that reads the head of the answer and no more. The rest can be read from
# descriptor `stalled`.
stall() {
    local line
    exec {stalled}<>"/dev/tcp/127.0.0.1/$port"
    printf 'GET / HTTP/1.0\r\n\r\n' >&"$stalled"
    until [[ ${line-} == $'\r' ]]; do
        read -r -u "$stalled" line
    done
}

# ends_with FILE CODE: the client's exit code is CODE.
ends_with() {
    local code=0
    wait "${clients[$1]}" || code=$?
    equal "$code" "$2" "curl's exit code: $(cat "$1.error")"
}

# ask CURL_ARGUMENT...: prints the status code, and leaves head and body behind.
ask() { curl -sS -m 20 -D head -o body -w '%{http_code}' "$@"; }

equal() { [[ $1 == "$2" ]] || fail "${3-}: '$1', not '$2'"; }
same() { cmp "$1" "$2" >&2 || fail "$2 is not what was expected"; }
has_field() { tr -d '\r' <head | grep -qix "$1" || fail "no '$1' in: $(cat head)"; }
has_no_field() { ! grep -qi "^$1:" head || fail "$1 in: $(cat head)"; }

# exits_with CODE: the server ends by itself, with CODE.
exits_with() {
    local code=0
    wait "$server" || code=$?
    server=
    equal "$code" "$1" "exit code"
}

run_case() (
    set -eE
    trap 'echo "    line $LINENO: $BASH_COMMAND" >&2' ERR
    declare -A clients=()
    server=
    trap '[[ ! $server ]] || kill -KILL "$server" 2>/dev/null' EXIT
    cd "$(mktemp -d "$scratch/XXXXXX")"
    "$1" </dev/null
    if [[ $server ]]; then # that it ends well is part of every case
        kill -INT "$server"
        exits_with 0
    fi
)

run_cases() {
    local name failed=0
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    for name in $(compgen -A function test_); do
        set +e # or the case would not fail with its first command that does
        run_case "$name"
        local code=$?
        set -e
        if ((code == 0)); then
            echo "passed: ${name//_/ }"
        else
            echo "FAILED: ${name//_/ }"
            failed=1
        fi
    done
    return "$failed"
}
