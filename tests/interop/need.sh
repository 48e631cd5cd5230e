# SPDX-License-Identifier: MIT
# tests/interop/need.sh: what the scripts beside it share: whose programs are here?  Sourced.
# A test whose peer is missing is skipped (77); where SOCKLAB_NEED_PEERS is set, as in .ci/run, it
# fails.
# shellcheck shell=sh

missing() { # missing WHAT
    echo "no $1 here"
    [ -n "${SOCKLAB_NEED_PEERS-}" ] && exit 1
    exit 77
}

need() { # need PROGRAM...; servers lie where only root looks for them
    PATH=$PATH:/usr/sbin:/sbin
    for tool in "$@"; do
        command -v "$tool" >/dev/null || missing "$tool"
    done
}

# need_python [MODULE]: a Python that has it is left in $python.  A package of the system's is not
# seen by a Python that somebody built for himself, so there are two places to look.
need_python() {
    for python in python3 /usr/bin/python3; do
        "$python" -c "import sys${1:+, $1}; sys.exit(sys.version_info < (3, 10))" 2>/dev/null &&
            return
    done
    missing "Python 3.10${1:+ with the package $1}"
}

need_npm() { # need_npm PACKAGE...: where SOCKLAB_NPM says, or here
    need node
    for package in "$@"; do
        [ -d "${SOCKLAB_NPM:-$here}/node_modules/$package" ] || missing "npm package $package"
    done
}

# make_cert CERT KEY NAMES: self-signed, for others' servers and for bad examples
make_cert() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=test \
        -addext "subjectAltName=$3" -out "$1" -keyout "$2" -days 2 2>"$1.log" || {
        cat "$1.log"
        exit 1
    }
}
