#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/slides_browser.sh BROWSER TEST.mjs [WORD]: runs a test of tests/slides (or what has WORD in
# its name) in a browser, where there is one, Node, and the npm packages.  What browsers keep while
# they run goes with the test.
set -u

tests=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
here=$tests/interop
# shellcheck source=tests/interop/need.sh
. "$here/need.sh"
case $1 in
firefox)
    [ -n "${SOCKLAB_WHOLE-}" ] || { echo "only with SOCKLAB_WHOLE=1"; exit 77; }
    need firefox-esr
    ;;
*) need chromium ;;
esac
need_npm puppeteer-core axe-core reveal.js ws

work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
TMPDIR=$work node "$tests/slides/$2" ${3+"$3"}
