#!/usr/bin/env bash
# Copyright 2026 the spool authors. Distributed under the Boost Software License, Version 1.0.

# The README shows files as they are: what stands in a code block after a line like <!-- PATH --> is the
# text of that file. And every path that it names is there.
set -euo pipefail
cd "$(dirname "$0")/.."
failed=0

shown=$(sed -n 's/^<!-- \(.*\) -->$/\1/p' README.md)
for path in $shown; do
    awk -v mark="<!-- $path -->" '
        /^```/ && inside { exit }
        inside { print }
        /^```/ && marked { inside = 1 }
        $0 == mark { marked = 1 }
    ' README.md | diff -u "$path" - || failed=1
done
(($(wc -w <<<"$shown") == 2)) || failed=1 # the program and its output, or this test tests nothing

# Links, and in code what looks like one of our paths or headers.
paths=$({
    grep -o '](\([^)]*\))' README.md | sed 's/^](\(.*\))$/\1/' | grep -v '^https:'
    grep -oE '`[^` ]+`' README.md | tr -d '`' | grep -E '^(test|example|doc|include|src|cmake)/'
    grep -oE '`spool/[a-z_]+\.hpp`' README.md | sed 's#`\(.*\)`#include/\1#'
    grep -oE '^ +\./[a-z/]+' README.md
})
for path in $paths; do
    if [[ ! -e $path ]]; then
        echo "README.md names $path, which is not there"
        failed=1
    fi
done
exit "$failed"
