#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What a reviewer need not look for: white space, licence lines, lengths of
# files and functions, commit subjects. Prints what is wrong; exit code 1 then.
set -u
cd "$(dirname "$0")/.." || exit 3
status=0
wrong() {
  echo "$*"
  status=1
}

sources=$(git ls-files '*.c' '*.h' '*.cc' '*.cl' '*.comp' '*.glsl' '*.py' \
  '*.sh' '*.def' '*.build' '*.js' '*.css')
code=$(git ls-files '*.c' '*.h' '*.cc' '*.cl' '*.comp' '*.glsl')

# shellcheck disable=SC2086
{
  grep -nE '[[:blank:]]+$' $sources && wrong "trailing blanks"
  grep -nP '\t' $sources && wrong "tabs"
  grep -nE '\b(TODO|FIXME|XXX|HACK)\b' $(echo "$sources" | grep -v style.sh) &&
    wrong "unfinished"
}
for f in $sources; do
  [ -z "$(tail -c 1 "$f")" ] || wrong "$f: no final newline"
done
for f in $code; do
  head -n 2 "$f" | grep -q 'SPDX-License-Identifier: Apache-2.0' ||
    wrong "$f: no SPDX line"
  lines=$(wc -l <"$f")
  [ "$lines" -le 600 ] || wrong "$f: $lines lines (at most 600)"
done

# A function ends at the first brace in column 1.
long=$(for f in $(git ls-files '*.c' '*.cc'); do
  most=80
  case $f in kernels/*) most=150 ;; esac
  awk -v most=$most -v file="$f" '
    /^\{/ { start = NR }
    /^\}/ && start { if (NR - start > most)
        print file ":" start ": a function of " NR - start " lines"; start = 0 }
  ' "$f"
done)
[ -z "$long" ] || wrong "$long"

if [ -d .git ] || git rev-parse --git-dir >/dev/null 2>&1; then
  bad=$(git log --format=%s | grep -vE '^[a-z0-9_/.-]+(, [a-z0-9_/.-]+)*: [a-z].{0,64}$' |
    head -n 5)
  [ -z "$bad" ] || wrong "commit subjects not 'area: imperative': $bad"
  bad=$(git log --format=%s | awk 'length > 65 || /\.$/' | head -n 5)
  [ -z "$bad" ] || wrong "commit subjects over 65 characters, or with a stop: $bad"
fi
exit $status
