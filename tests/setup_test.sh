#!/bin/sh
# SPDX-License-Identifier: MIT
# Does the set-up of bench/run, tests/run and lessons/run do as it says, on systems that are not this one?
# Each case runs a copy of the scripts with a PATH of its own: the few tools that they need, and
# fakes for the rest.  Nothing is fetched, installed or built for real.
set -eu

top=${SOCKLAB_TOP:-$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
work=$(cd -P "$work" && pwd -P)

checkout="$work/a checkout"
bin=$work/bin
failures=0

mkdir -p "$checkout/bench" "$checkout/tests" "$checkout/lessons/learn" "$work/elsewhere" "$work/tmp"
for folder in tcp_echo udp_echo http_poll ws_echo; do mkdir "$checkout/$folder"; done
: >"$checkout/CMakeLists.txt"
: >"$checkout/lessons/CMakeLists.txt"
cp "$top/bench/run" "$top/bench/setup.sh" "$checkout/bench"
cp "$top/tests/run" "$checkout/tests"
cp "$top/lessons/run" "$checkout/lessons"

# --- The world a case runs in ---

fake() { # fake NAME, its script on stdin
    { echo '#!/bin/sh' && cat; } >"$bin/$1"
    chmod +x "$bin/$1"
}

bare_system() { # bare_system UNAME UID [RELEASE LINE]...: no compiler, CMake, make, apt-get or sudo
    rm -rf "$bin" "$checkout/build"
    mkdir "$bin"
    for tool in sh cat chmod cp dirname env find mkdir mktemp readlink rm sed tr; do
        ln -s "$(command -v "$tool")" "$bin/$tool"
    done
    echo "echo $1" | fake uname
    echo "echo $2" | fake id
    echo "echo 2" | fake nproc
    shift 2
    printf '%s\n' "$@" >"$work/os-release"
}

# A compiler that likes everything, unless FILE says otherwise: a fake apt-get creates it.
toolchain() { # toolchain [FILE]: the tools work once FILE exists
    echo "[ -e '${1:-$bin}' ]" | fake cc
    echo 'echo 4.4' | fake make
    fake cmake <<END
[ -e '${1:-$bin}' ] || exit 1
case \$1 in
--version) echo "cmake version 3.16.0" ;;
--build)
    echo build >>'$work/cmake.log'
    mkdir -p "\$2/bin"
    printf '#!/bin/sh\npwd\nprintf "<%%s>" "\$@"\n' >"\$2/bin/bench"
    cp "\$2/bin/bench" "\$2/bin/learn"
    chmod +x "\$2/bin/bench" "\$2/bin/learn" ;;
-S)
    echo configure >>'$work/cmake.log'
    printf 'CMAKE_HOME_DIRECTORY:INTERNAL=%s\nCMAKE_CACHEFILE_DIR:INTERNAL=%s\n' "\$2" "\$4" >"\$4/CMakeCache.txt"
    echo "CMAKE_PROJECT_NAME:STATIC=socklab" >>"\$4/CMakeCache.txt"
    for option in "\$@"; do
        case \$option in -D*) echo "\${option#-D}" | sed 's/=/:STRING=/' >>"\$4/CMakeCache.txt" ;; esac
    done
    : >"\$4/Makefile" ;;
esac
END
    echo 'pwd; printf "<%s>" "$@"' | fake ctest
    : >"$work/cmake.log"
}

# run SCRIPT [ARG]...: sets $out, $err and $status; from another directory, as `env -i` sees it
run() {
    script=$1
    shift
    status=0
    # shellcheck disable=SC2086
    (cd "$work/elsewhere" && env -i PATH="$bin" TMPDIR="$work/tmp" ${vars-} \
        SOCKLAB_OS_RELEASE="$work/os-release" "$script" "$@") \
        >"$work/out" 2>"$work/err" </dev/null ||
        status=$?
    out=$(cat "$work/out")
    err=$(cat "$work/err")
}

expect() { # expect WHAT WANTED GOT
    if [ "$2" = "$3" ]; then return 0; fi
    printf 'FAILED %s: %s\n  expected %s\n  got      %s\n' "$case" "$1" "$2" "$3"
    failures=$((failures + 1))
}

expect_remedy() { # expect_remedy COMMAND [SCRIPT]: one line that ends in it, exit 2, no trace left
    run "$checkout/${2:-bench/run}"
    expect status 2 "$status"
    expect stdout "" "$out"
    expect command "$1" "${err##*install with: }"
    expect "lines on stderr" 1 "$(wc -l <"$work/err" | tr -d ' ')"
    expect "left behind" "" "$(ls "$work/tmp"; ls -d "$checkout/build" 2>/dev/null || true)"
}

everything() { find "$work" ! -path "$work/out" ! -path "$work/err" | sort; }

# --- The cases ---

a_bare_system_is_told_the_exact_command() {
    bare_system Linux 0 ID=fedora
    expect_remedy "dnf install gcc cmake make openssl-devel"
    expect_remedy "dnf install gcc cmake make openssl-devel libcmocka-devel" tests/run
    bare_system Linux 0 'ID="rocky"' 'ID_LIKE="rhel centos fedora"'
    expect_remedy "dnf install gcc cmake make openssl-devel --enablerepo=crb libcmocka-devel" \
        tests/run
    bare_system Linux 0 ID=arch
    expect_remedy "pacman -S --needed gcc cmake make openssl cmocka" tests/run
    bare_system Linux 0 ID=alpine
    expect_remedy "apk add gcc musl-dev linux-headers cmake make openssl-dev cmocka-dev" tests/run
    bare_system Linux 0 'ID="opensuse-leap"' 'ID_LIKE="suse opensuse"'
    expect_remedy "zypper install gcc cmake make libopenssl-devel libcmocka-devel" tests/run
    bare_system FreeBSD 0 ID=freebsd
    expect_remedy "pkg install llvm cmake gmake openssl cmocka" tests/run
}

who_is_not_root_is_told_how_to_become_it() {
    bare_system Linux 1000 ID=debian
    expect_remedy "su -c 'apt-get install -y gcc libc6-dev cmake make libssl-dev'"
    echo 'exit 1' | fake doas
    expect_remedy "doas apt-get install -y gcc libc6-dev cmake make libssl-dev"
    echo 'exit 1' | fake sudo # as one that wants a password
    echo 'echo "must not run" >&2' | fake apt-get
    expect_remedy "sudo apt-get install -y gcc libc6-dev cmake make libssl-dev"
}

macos_is_told_of_xcode_and_homebrew() {
    bare_system Darwin 501 ID=none
    expect_remedy \
        "xcode-select --install; brew install cmake openssl@3 (Homebrew itself: https://brew.sh)"
    echo 'echo /opt/homebrew' | fake brew
    expect_remedy "xcode-select --install; brew install cmake openssl@3 cmocka" tests/run
    echo 'echo /Library/Developer/CommandLineTools' | fake xcode-select
    echo 'case $* in *-lssl*) exit 1 ;; esac' | fake cc
    echo 'echo 3.81' | fake make
    expect_remedy "brew install cmake openssl@3"
}

an_unknown_system_is_told_what_is_missing() {
    for release in ID=plan9 ""; do
        bare_system Linux 0 "$release"
        run "$checkout/bench/run"
        expect status 2 "$status"
        expect line "bench/run: missing: a C compiler, CMake 3.16 or newer, make or ninja, OpenSSL \
1.1.1 or newer with headers; install them with this system's package manager" "$err"
    done
}

what_is_there_is_not_asked_for() {
    bare_system Linux 0 ID=arch
    toolchain
    echo 'case $* in *-lcmocka*) exit 1 ;; esac' | fake cc
    expect_remedy "pacman -S --needed cmocka" tests/run
    for old in 2.8.12 3.5.1 3.15.7; do
        echo "echo cmake version $old" | fake cmake
        expect_remedy "pacman -S --needed cmake"
    done
    echo 'exit 1' | fake broken-cc
    vars=CC=broken-cc
    run "$checkout/bench/run"
    vars=''
    expect status 2 "$status"
    expect line \
        "bench/run: CC=broken-cc cannot compile and link a C program: install it, or unset CC" "$err"
}

check_lists_everything_and_changes_nothing() {
    bare_system Linux 0 ID=debian
    echo 'echo "must not run" >&2' | fake apt-get
    before=$(everything)
    run "$checkout/tests/run" --check
    expect status 1 "$status"
    expect stderr "" "$err"
    expect "last line" \
        "install with: apt-get install -y gcc libc6-dev cmake make libssl-dev libcmocka-dev" \
        "$(sed -n '$p' "$work/out")"
    expect "lines that say missing" 5 "$(grep -c ' missing$' "$work/out")"
    expect "every file" "$before" "$(everything)"

    toolchain
    run "$checkout/tests/run" --check
    expect "status when all is there" 0 "$status"
    expect "lines when all is there" 5 "$(wc -l <"$work/out" | tr -d ' ')"
    expect "calls of cmake to build" "" "$(cat "$work/cmake.log")"
}

check_finds_what_built_this_test() { # the only case with the tools of this very system
    "$top/tests/run" --check >"$work/out" 2>"$work/err" || expect status 0 $?
    expect "lines with a path" 5 "$(grep -c '  *[^ ]*/[^ ]*' "$work/out")"
    expect "OpenSSL with its version" 1 \
        "$(grep -c '^OpenSSL .*/opensslv\.h (.*[0-9]\.[0-9].*)' "$work/out")"
}

debian_installs_by_itself_and_only_once() {
    bare_system Linux 0 ID=ubuntu ID_LIKE=debian
    toolchain "$work/installed"
    fake apt-get <<END
echo "\$*" | sed 's/.*Timeout=120 //' >>'$work/apt.log'
case \$* in
*update*) : >'$work/updated' ;;
*) [ -e '$work/updated' ] || exit 100
   : >'$work/installed' ;;
esac
END
    run "$checkout/bench/run" --json "a file" --check
    expect status 0 "$status"
    expect "apt-get" "install --no-install-recommends gcc libc6-dev cmake libssl-dev
update
install --no-install-recommends gcc libc6-dev cmake libssl-dev" "$(cat "$work/apt.log")"
    expect stdout "$work/elsewhere
<--json><a file><--check>" "$out"
    expect stderr "bench/run: installing gcc libc6-dev cmake libssl-dev ...
building socklab (Release) ..." "$err"
    run "$checkout/bench/run"
    expect "apt-get, second run" 3 "$(wc -l <"$work/apt.log" | tr -d ' ')"
}

a_failed_installation_is_shown() {
    bare_system Linux 0 ID=debian
    echo 'echo "E: no such thing"; exit 100' | fake apt-get
    run "$checkout/bench/run"
    expect status 2 "$status"
    expect output "E: no such thing" "$(sed -n 2p "$work/err")"
    expect "command" "apt-get install -y gcc libc6-dev cmake make libssl-dev" \
        "${err##*install with: }"
}

the_two_scripts_share_one_cache() {
    bare_system Linux 0 ID=arch
    toolchain
    ln -s "$checkout" "$work/link"
    ln -s "$work/link/bench/run" "$bin/socklab-bench"
    run socklab-bench # by a name from PATH, through two symbolic links
    expect "status through links" 0 "$status"
    run "$work/link/tests/run" -L "a b"
    expect ctest "$checkout/build
<--output-on-failure><--no-tests=error><-j><4><-L><a b>" "$out"
    run "$checkout/bench/run"
    run "$checkout/tests/run"
    expect "configured twice, for tests only once" "configure build configure build build build" \
        "$(tr '\n' ' ' <"$work/cmake.log" | sed 's/ $//')"
    rm "$work/link"
}

a_moved_checkout_is_configured_afresh() {
    bare_system Linux 0 ID=arch
    toolchain
    run "$checkout/bench/run"
    mv "$checkout" "$work/moved"
    run "$work/moved/bench/run"
    mv "$work/moved" "$checkout"
    expect status 0 "$status"
    expect line "bench/run: $work/moved/build was made for $checkout: starting it afresh" \
        "$(sed -n 1p "$work/err")"
    sed 's/=socklab/=another/' "$checkout/build/CMakeCache.txt" >"$work/cache"
    mv "$work/cache" "$checkout/build/CMakeCache.txt"
    run "$checkout/bench/run"
    expect "status when it is not ours" 2 "$status"
}

the_lessons_are_built_when_something_changed() {
    bare_system Linux 0 ID=arch
    expect_remedy "pacman -S --needed gcc cmake make openssl cmocka" lessons/run
    toolchain
    run "$checkout/lessons/run" list "a b"
    expect stdout "$work/elsewhere
<list><a b>" "$out"
    run "$checkout/lessons/run"
    expect "stderr, nothing to do" "" "$err"
    : >"$checkout/lessons/learn/main.c"
    run "$checkout/lessons/run"
    expect "built twice" "configure build build" "$(tr '\n' ' ' <"$work/cmake.log" | sed 's/ $//')"
}

lessons_go_on_without_a_compiler() {
    bare_system Linux 0 ID=arch
    toolchain
    run "$checkout/lessons/run"
    rm "$bin/cc"
    run "$checkout/lessons/run" list
    expect "stderr, nothing to do" "" "$err"
    : >"$checkout/lessons/learn/main.c"
    run "$checkout/lessons/run" list
    expect stdout "$work/elsewhere
<list>" "$out"
    expect command "pacman -S --needed gcc openssl cmocka" "${err##*install with: }"
}

for case in a_bare_system_is_told_the_exact_command who_is_not_root_is_told_how_to_become_it \
    macos_is_told_of_xcode_and_homebrew an_unknown_system_is_told_what_is_missing \
    what_is_there_is_not_asked_for check_lists_everything_and_changes_nothing \
    check_finds_what_built_this_test \
    debian_installs_by_itself_and_only_once a_failed_installation_is_shown \
    the_two_scripts_share_one_cache a_moved_checkout_is_configured_afresh \
    the_lessons_are_built_when_something_changed lessons_go_on_without_a_compiler; do
    failed_before=$failures
    $case
    [ $failures != $failed_before ] || echo "ok $case"
done
[ $failures = 0 ]
