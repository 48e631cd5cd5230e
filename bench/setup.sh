# SPDX-License-Identifier: MIT
# bench/setup.sh: what bench/run and tests/run share.  Finds the tools, installs what is missing
# (Debian and Ubuntu; elsewhere it names the command), configures and builds.
# Sourced, not run: the caller sets $program (its name, for messages), $top (the checkout) and
# $needs (words that have() knows), then calls `setup "$@"` and `build TARGET [-DNAME=VALUE]...`.
# shellcheck shell=sh disable=SC2154

case ${SOCKLAB_BUILD:=build} in
/*) build=$SOCKLAB_BUILD ;;
*) build=$top/$SOCKLAB_BUILD ;;
esac

say() { printf '%s: %s\n' "$program" "$*" >&2; }
is_there() { command -v "$1" >/dev/null 2>&1; }

# How packages are installed here, and where libraries lie that the compiler does not see by itself
# (CMake does).
find_system() { # sets $system, $distribution and $prefix
    distribution='' prefix=''
    case $(uname -s) in
    Darwin) find_homebrew ;;
    FreeBSD) system=pkg prefix=/usr/local ;;
    *) find_distribution "${SOCKLAB_OS_RELEASE:-/etc/os-release}" ;;
    esac
}

find_homebrew() {
    system=brew
    is_there brew || return 0
    prefix=$(brew --prefix)
    if [ -z "${OPENSSL_ROOT_DIR-}" ]; then
        OPENSSL_ROOT_DIR=$(brew --prefix openssl@3) # macOS has no OpenSSL headers of its own
        export OPENSSL_ROOT_DIR
    fi
}

find_distribution() { # a release file assigns ID=ubuntu, ID_LIKE=debian and the like
    like=''
    if [ -r "$1" ]; then
        # shellcheck disable=SC1090
        distribution=$(. "$1" && echo "${ID-}")
        # shellcheck disable=SC1090
        like=$(. "$1" && echo "${ID_LIKE-}")
    fi
    case " $distribution $like " in
    *" debian "* | *" ubuntu "*) system=apt ;;
    *" fedora "* | *" rhel "*) system=dnf ;;
    *" arch "*) system=pacman ;;
    *" alpine "*) system=apk ;;
    *" suse "* | *" opensuse"*) system=zypper ;;
    *) system=unknown ;;
    esac
}

# --- What is there?  No package is asked for: a small program must compile and link. ---

title() {
    case $1 in
    cc) echo "a C compiler" ;;
    cmake) echo "CMake 3.16 or newer" ;;
    make) echo "make or ninja" ;;
    openssl) echo "OpenSSL 1.1.1 or newer with headers" ;;
    cmocka) echo "CMocka with headers" ;;
    esac
}

cc_program='
#include <stdio.h>
#ifdef __linux__
#include <linux/if_tun.h> /* where musl is the C library, a package of its own has these */
#endif
int main(void) { return puts("") < 0; }'

openssl_program='
#include <openssl/evp.h>
#include <openssl/ssl.h>
#if OPENSSL_VERSION_NUMBER < 0x10101000L
#error too old
#endif
int main(void) { return EVP_sha256() == NULL || SSL_CTX_new(TLS_method()) == NULL; }'

cmocka_headers='
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>'

cmocka_program="$cmocka_headers
static void passes(void **state) { assert_null(*state); }
int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(passes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}"

run_cc() { # CC, CFLAGS and LDFLAGS are lists of words, as for CMake
    # shellcheck disable=SC2086
    $cc ${CFLAGS-} ${OPENSSL_ROOT_DIR:+"-I$OPENSSL_ROOT_DIR/include" "-L$OPENSSL_ROOT_DIR/lib"} \
        ${prefix:+"-I$prefix/include" "-L$prefix/lib"} "$@" ${LDFLAGS-} 2>/dev/null
}

try_link() ( # try_link SOURCE [-lLIBRARY]...
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '%s\n' "$1" >"$work/try.c"
    shift
    run_cc -o "$work/try" "$work/try.c" "$@"
)

works() { # works COMPILER: sets $cc
    cc=$1
    is_there "${cc%% *}" && try_link "$cc_program" && return 0
    cc=''
    return 1
}

have_cc() { # without CC, CMake tries the same names in the same order
    # On a new Mac, cc is there only to open a window that offers to install it.
    if [ "$system" = brew ] && ! xcode-select -p >/dev/null 2>&1; then
        cc=''
        return 1
    fi
    if [ -n "${CC-}" ]; then works "$CC"; else works cc || works gcc || works clang; fi
}

have_cmake() {
    version=$(cmake --version 2>/dev/null | sed -n 's/^cmake.* \([0-9]*\.[0-9]*\)\..*/\1/p')
    case $version in
    '' | [0-2].* | 3.? | 3.1[0-5]) return 1 ;;
    esac
}

have() {
    case $1 in
    cc) have_cc ;;
    cmake) have_cmake ;;
    make) is_there ninja || is_there make || is_there gmake ;;
    openssl) [ -n "$cc" ] && try_link "$openssl_program" -lssl -lcrypto ;;
    cmocka) [ -n "$cc" ] && try_link "$cmocka_program" -lcmocka ;;
    esac
}

find_missing() { # sets $missing, those of $needs that are not there
    missing=''
    for need in $needs; do
        have "$need" || missing="$missing $need"
    done
}

missing_titles() {
    titles=''
    for need in $missing; do
        titles="$titles${titles:+, }$(title "$need")"
    done
    echo "$titles"
}

# --- What would put it there? ---

packages() { # the packages that hold what is missing
    for need in $missing; do
        case $system:$need in
        apt:cc) echo gcc libc6-dev ;;
        apk:cc) echo gcc musl-dev linux-headers ;;
        pkg:cc) echo llvm ;;
        brew:cc | brew:make) ;; # Apple's command line tools, not a formula
        *:cc) echo gcc ;;
        pkg:make) echo gmake ;;
        apt:openssl) echo libssl-dev ;;
        dnf:openssl) echo openssl-devel ;;
        zypper:openssl) echo libopenssl-devel ;;
        apk:openssl) echo openssl-dev ;;
        brew:openssl) echo openssl@3 ;;
        apt:cmocka) echo libcmocka-dev ;;
        dnf:cmocka) [ "$distribution" = fedora ] || echo --enablerepo=crb && echo libcmocka-devel ;;
        zypper:cmocka) echo libcmocka-devel ;;
        apk:cmocka) echo cmocka-dev ;;
        *) echo "$need" ;; # cmake, make, openssl and cmocka where they are called just that
        esac
    done | tr '\n' ' ' | sed 's/ $//'
}

as_root() { # the command, as this user has to type it
    if [ "$(id -u)" = 0 ]; then
        echo "$*"
    elif is_there sudo; then
        echo "sudo $*"
    elif is_there doas; then
        echo "doas $*"
    else
        echo "su -c '$*'"
    fi
}

brew_remedy() {
    case " $missing " in
    *" cc "* | *" make "*) tools="xcode-select --install" ;;
    *) tools='' ;;
    esac
    formulas=$(packages)
    command="$tools${tools:+${formulas:+; }}${formulas:+brew install $formulas}"
    if is_there brew; then echo "$command"; else echo "$command (Homebrew itself: https://brew.sh)"; fi
}

remedy() { # what to type, on one line
    case $system in
    apt) echo "install with: $(as_root apt-get install -y "$(packages)")" ;;
    dnf) echo "install with: $(as_root dnf install "$(packages)")" ;;
    pacman) echo "install with: $(as_root pacman -S --needed "$(packages)")" ;;
    apk) echo "install with: $(as_root apk add "$(packages)")" ;;
    zypper) echo "install with: $(as_root zypper install "$(packages)")" ;;
    pkg) echo "install with: $(as_root pkg install "$(packages)")" ;;
    brew) echo "install with: $(brew_remedy)" ;;
    *) echo "install them with this system's package manager" ;;
    esac
}

# --- Put it there, where that takes no question. ---

may_install() { # sets $root, the words that make a command run as root
    [ "$system" = apt ] && is_there apt-get || return 1
    root=''
    if [ "$(id -u)" != 0 ]; then
        root="sudo -n"
        $root true 2>/dev/null || return 1
    fi
}

apt_get() {
    # shellcheck disable=SC2086
    $root env DEBIAN_FRONTEND=noninteractive \
        apt-get -q -y -o DPkg::Lock::Timeout=120 "$@" </dev/null 2>&1
}

apt_install() { # apt_install PACKAGE...; new lists are fetched only when those at hand do not do
    apt_get install --no-install-recommends "$@" ||
        { apt_get update && apt_get install --no-install-recommends "$@"; }
}

install_missing() {
    say "installing $(packages) ..."
    # shellcheck disable=SC2046
    if ! log=$(apt_install $(packages)); then
        printf '%s\n' "$log" >&2
        say "apt-get failed, see above; missing: $(missing_titles); $(remedy)"
        exit 2
    fi
    find_missing
    if [ -n "$missing" ]; then
        say "apt-get is content, yet still missing: $(missing_titles)"
        exit 2
    fi
}

setup() { # makes sure that all of $needs is there; with --check it only looks
    find_system
    if [ "${1-}" = --check ]; then
        check
        exit
    fi
    find_missing
    if [ -z "$missing" ]; then return 0; fi
    case "${CC:+set}$missing " in
    "set cc "*)
        say "CC=$CC cannot compile and link a C program: install it, or unset CC"
        exit 2
        ;;
    esac
    if may_install; then
        install_missing
    else
        say "missing: $(missing_titles); $(remedy)"
        exit 2
    fi
}

# --- --check ---

preprocess() { # preprocess SOURCE: what the compiler sees, with the path of each header
    printf '%s\n' "$1" | run_cc -E -
}

path_of() { # path_of HEADER, in a preprocessed source on stdin
    sed -n "s|^# [0-9]* \"\(.*$1\)\".*|\1|p" | sed q
}

describe() {
    case $1 in
    cc) echo "$(command -v "${cc%% *}") ($($cc --version 2>/dev/null | sed q))" ;;
    cmake) echo "$(command -v cmake) ($(cmake --version | sed q))" ;;
    make)
        tool=$(command -v ninja || command -v make || command -v gmake)
        echo "$tool ($("$tool" --version 2>/dev/null | sed q))"
        ;;
    openssl)
        seen=$(preprocess "#include <openssl/opensslv.h>
OPENSSL_VERSION_TEXT")
        text=$(printf '%s\n' "$seen" | sed -n 's/^ *"\(.*\)" *$/\1/p')
        echo "$(printf '%s\n' "$seen" | path_of opensslv.h) ($text)"
        ;;
    cmocka) preprocess "$cmocka_headers" | path_of cmocka.h ;;
    esac
}

check() {
    missing=''
    for need in $needs; do
        found=missing
        if have "$need"; then found=$(describe "$need"); else missing="$missing $need"; fi
        printf '%-36s %s\n' "$(title "$need")" "$found"
    done
    if [ -n "$missing" ]; then
        remedy
        return 1
    fi
}

# --- Configure and build ---

processors() { nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || sysctl -n hw.ncpu || echo 2; }

cached() { sed -n "s/^$1:[A-Z]*=//p" "$build/CMakeCache.txt" 2>/dev/null || true; }

real() { (CDPATH='' cd -P -- "$1" 2>/dev/null && pwd -P); }

drop_moved_cache() { # CMake refuses a build directory that was moved, or made for sources elsewhere
    source=$(cached CMAKE_HOME_DIRECTORY)
    if [ -z "$source" ]; then return 0; fi
    case $(cached CMAKE_PROJECT_NAME) in
    socklab | '') ;; # none: an earlier attempt ended before it got that far
    *)
        say "$build holds the build of something else: choose another SOCKLAB_BUILD"
        exit 2
        ;;
    esac
    if [ "$(real "$source")" = "$top" ] &&
        [ "$(real "$(cached CMAKE_CACHEFILE_DIR)")" = "$(real "$build")" ]; then return 0; fi
    say "$build was made for $source: starting it afresh"
    rm -rf "$build/CMakeCache.txt" "$build/CMakeFiles"
    clean=--clean-first
}

is_configured() { # is_configured [-DNAME=VALUE]...: with these options, that is
    [ -f "$build/build.ninja" ] || [ -f "$build/Makefile" ] || return 1
    [ -n "$(cached CMAKE_HOME_DIRECTORY)" ] || return 1
    for option in "$@"; do
        name=${option%%=*}
        name=${name#-D}
        [ "$(cached "${name%%:*}")" = "${option#*=}" ] || return 1
    done
}

configure() {
    if [ -z "$(cached CMAKE_HOME_DIRECTORY)" ]; then
        set -- -DCMAKE_BUILD_TYPE=Release "$@"
        if [ -z "${CMAKE_GENERATOR-}" ] && is_there ninja; then set -- -G Ninja "$@"; fi
    fi
    CC=$cc cmake -S "$top" -B "$build" "$@"
}

run_quietly() { # run_quietly COMMAND...: shows its output only if it fails
    "$@" >"$build/setup.log" 2>&1 </dev/null && return 0
    cat "$build/setup.log" >&2
    say "failed: $*"
    exit 1
}

build() { # build TARGET [-DNAME=VALUE]...
    target=$1
    shift
    if ! mkdir -p "$build" || ! [ -w "$build" ]; then
        say "cannot write to $build"
        exit 2
    fi
    clean=''
    drop_moved_cache
    # shellcheck disable=SC2086
    set -- "$@" ${SOCKLAB_CMAKE-}
    is_configured "$@" || run_quietly configure "$@"
    echo "building socklab ($(cached CMAKE_BUILD_TYPE)) ..." >&2
    run_quietly cmake --build "$build" --target "$target" $clean -j "$(processors)"
}
