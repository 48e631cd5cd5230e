#!/bin/sh
# SPDX-License-Identifier: MIT
# Does `learn` do as it says, from outside?  In a checkout of its own, whose exercises all ask for the
# same tiny function, so that nothing here depends on the course's.
set -eu
top=${SOCKLAB_TOP:-$(CDPATH='' cd -P -- "$(dirname -- "$0")/.." && pwd -P)}
bin=${SOCKLAB_BIN:-$top/build/bin}
work=$(mktemp -d)
watcher=''
trap '[ -z "$watcher" ] || kill "$watcher" 2>/dev/null || :; rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
work=$(cd -P "$work" && pwd -P)
chmod 755 "$work"

unset SOCKLAB_WORK COLUMNS NO_COLOR LC_ALL LC_MESSAGES CC CFLAGS LDFLAGS
export LANG=C SOCKLAB_TOP="$work/top" SOCKLAB_RUN=learn
learn=$bin/learn
mine=lessons/work/read_exact.c

fail() {
    echo "learn: $*" >&2
    cat "$work/out" "$work/err" >&2
    exit 1
}

# --- A checkout ---

exercise() { # exercise LESSON NAME
    dir=$SOCKLAB_TOP/lessons/$1/$2
    mkdir -p "$dir"
    echo "int twice(int n);" >"$dir/$2.h"
    printf '#include "%s.h"\n\nint twice(int n)\n{\n    /* TODO */\n    return n;\n}\n' "$2" \
        >"$dir/exercise.c"
    sed 's/return n/return 2 * n/; /TODO/d' "$dir/exercise.c" >"$dir/solution.c"
    { echo "#include \"$2.h\"" && cat "$work/check.c"; } >"$dir/check.c"
    cp "$work/hints.txt" "$work/hints.ko.txt" "$dir"
}

mkdir -p "$SOCKLAB_TOP/lessons"
cp -R "$top/lessons/learn" "$SOCKLAB_TOP/lessons"
cat >"$work/check.c" <<'END'
#include "lessons/learn/check.h"
static void doubles(void **state)
{
    (void)state;
    step(SAY("called twice(3), having taken care of everything else", "twice(3)을 호출함"));
    expect_number(SAY("twice", "두 배"), twice(3), 6, SAY("twice is 2 n", "두 배는 2 n"));
}
static void keeps_zero(void **state)
{
    (void)state;
    expect_number("twice", twice(0), 0, "");
}
int main(int argc, char *argv[])
{
    const struct CMUnitTest checks[] = {cmocka_unit_test(keeps_zero), cmocka_unit_test(doubles)};
    return run_checks(argc, argv, checks, 2);
}
END
printf '[%s]\n%s.\n' task 'The task' 1 'Level one' 2 'Level two' 3 'Level three' \
    keeps_zero 'About zero' doubles 'About doubling' >"$work/hints.txt"
printf '[%s]\n%s.\n' task '할 일' 1 '힌트 하나' 2 '힌트 둘' 3 '힌트 셋' \
    keeps_zero '영에 대하여' doubles '두 배에 대하여' >"$work/hints.ko.txt"
exercise 01-sockets make_listener
for name in read_exact write_all length_frames; do exercise 02-byte-streams "$name"; done
for name in reply_to_sender stop_and_wait; do exercise 03-datagrams "$name"; done
for name in parse_response_head reuse_connection; do exercise 04-http "$name"; done
cd "$SOCKLAB_TOP"

# --- What is asked of it ---

run() { # run STATUS ARG...: its output is in out and err
    want=$1 status=0
    shift
    "$learn" "$@" >"$work/out" 2>"$work/err" </dev/null || status=$?
    [ "$status" = "$want" ] || fail "$*: status $status, not $want"
}
says() { grep -qF -e "$1" "$work/out" || fail "no '$1'"; }
says_not() { ! grep -qF -e "$1" "$work/out" || fail "there is '$1'"; }
complains() { # complains TEXT: one line, on stderr
    [ "$(wc -l <"$work/err")" -eq 1 ] || fail "not one line"
    grep -qF -e "$1" "$work/err" || fail "no complaint '$1'"
}
await() { # await N TEXT FILE: until N lines of it have the text
    i=0
    while [ "$(grep -cF -e "$2" "$3")" -lt "$1" ]; do
        i=$((i + 1))
        [ "$i" -lt 400 ] || { cp "$3" "$work/out"; fail "waited for '$2'"; }
        sleep 0.05
    done
}

misuse() {
    run 2 chek && complains "did you mean 'check'?"
    run 2 start read_exakt && complains "no exercise is called 'read_exakt'; did you mean 'read_exact'?"
    run 2 hint zzz && complains "see list"
    run 2 --lang ko start read_exakt && complains "혹시 'read_exact'인가요?"
    run 2 check --lang de && complains "'de'"
    run 2 check --time-limit soon && complains "'soon'"
    run 2 check --csv && complains "--csv does not belong to 'check'"
    run 2 check --unheard-of && complains "--unheard-of"
    run 2 check --work && complains "--work needs a value"
    run 2 start read_exact write_all && complains "'write_all'"
    run 2 grade && complains "which folder"
    run 2 grade nowhere && complains "nowhere"
    run 2 check read_exact && complains "$mine is not there: begin with \`learn start read_exact\`"
    for lang in en ko; do
        run 0 --help --lang "$lang"
        for word in watch list start check hint solution reset grade --give-up; do says "$word"; done
        [ ! -s "$work/err" ] || fail "--help speaks on stderr"
    done
    run 0 --version && says "learn (socklab)"
    [ ! -e lessons/work ] || fail "misuse leaves something behind"
}

beginning() {
    run 0 list && says "> make_listener        you are here" && says "0 of 8 passed"
    run 0 start read_exact
    says "The task." && says "Read: lessons/02-byte-streams/README.md" && says "Edit: $mine"
    cmp -s "$mine" lessons/02-byte-streams/read_exact/exercise.c || fail "start: not the stub"
    echo "/* mine */" >>"$mine"
    cp "$mine" "$work/mine.c"
    run 0 start read_exact && says "is there already and stays as it is"
    cmp -s "$mine" "$work/mine.c" || fail "start has written over a file"
    run 0 list && says "> read_exact           started, you are here"
}

checking() {
    run 1 check # the one that was started
    says "+ keeps_zero" && says "x read_exact/doubles" && says "  expected twice 6"
    says "  got      twice 3    (twice is 2 n)" && says "1 of 2 checks passed"
    says "Stuck? learn hint read_exact"
    run 1 check --lang ko && says "기대: 두 배 6" && says "실제: 두 배 3"
    LANG=ko_KR.UTF-8 run 1 check && says "검사 1 / 2개 통과"
    ! grep -q "$(printf '\033')" "$work/out" || fail "colours in a file"
    COLUMNS=40 run 1 check
    awk 'length > 40 { exit 1 }' "$work/out" || fail "wider than 40 columns"
    says "    - called twice(3), having taken care"
    COLUMNS=40 run 0 --help
    awk 'length > 40 { exit 1 }' "$work/out" || fail "wider than 40 columns"
}

helping() {
    run 0 hint && says "Level one" && says_not "Level two"
    says "About doubles, the first check that failed" && says "About doubling"
    run 0 hint --lang ko && says "힌트 둘" && says "두 배에 대하여" && says_not "힌트 셋"
    run 0 hint && says "Level three" && says "learn solution read_exact --give-up"
    run 0 hint && says "Level three"
    run 2 solution && complains "--give-up"
    run 0 solution --give-up && says "return 2 * n"
    run 0 solution && says "return 2 * n"
    run 0 list && says "you are here, 3 hints, looked at the solution"
}

# One sentence for whatever may happen.
trouble() {
    echo 'int twice(int n) { return 2 * n }' >"$mine"
    run 1 check && says "does not compile" && says "$mine:1:" && says_not "$work"
    echo 'int twise(int n); int twise(int n) { return n; }' >"$mine"
    run 1 check && says "does not link" && says "read_exact.h"
    body='#include <stdlib.h>\n#include <stdio.h>\n#include <unistd.h>\nint twice(int n) { %s }\n'
    # shellcheck disable=SC2059
    { printf "$body" 'if (n) *(volatile int *)8 = n; return n;' >"$mine"
        run 1 check && says "crashed: SIGSEGV" && says "learn check --sanitize read_exact"
        printf "$body" 'if (n) exit(0); return n;' >"$mine"
        run 1 check && says "ended the program by itself"
        printf "$body" 'while (n) pause(); return n;' >"$mine"
        run 1 check --time-limit 1 && says "did not come back within 1 s"
        printf "$body" 'while (n) puts("never ending"); return n;' >"$mine"
        run 1 check && says "printed more than" && says "    never ending" && says "more lines"
        printf "$body" 'if (n) puts("\033[2Jcleared"); int unused; return n;' >"$mine"; }
    run 1 check && says "the compiler warns" && says "    ?[2Jcleared"
    ! grep -q "$(printf '\033')" "$work/out" || fail "a program's control characters get through"
}

without_tools() {
    CC=nothing run 3 check && says "No C compiler works here" && says "lessons/run --check"
    CC=nothing run 3 check --lang ko && says "동작하는 C 컴파일러가 없습니다"
    for command in list start hint "solution --give-up" "reset --yes"; do
        # shellcheck disable=SC2086
        CC=nothing run 0 $command
    done
    cat >"$work/cc" <<'END'
#!/bin/sh
for word in "$@"; do
    case $word in
    -lcmocka) exit 1 ;;
    *.c) ! grep -q cmocka "$word" || exit 1 ;;
    esac
done
exec cc "$@"
END
    chmod +x "$work/cc"
    CC=$work/cc run 3 check && says "CMocka, which the checks are made of, is not installed"
    mv lessons/02-byte-streams/read_exact/check.c "$work/kept.c"
    echo "int main(" >lessons/02-byte-streams/read_exact/check.c
    run 3 check && says "not your mistake"
    mv "$work/kept.c" lessons/02-byte-streams/read_exact/check.c
}

resetting() {
    rm -f "$mine".*
    echo one >"$mine"
    run 2 reset read_exact && complains "--yes"
    [ "$(cat "$mine")" = one ] || fail "reset did not wait for an answer"
    run 0 reset read_exact --yes && says "$mine.1"
    echo two >"$mine"
    run 0 reset read_exact --yes && says "$mine.2"
    [ "$(cat "$mine.1" "$mine.2" | tr '\n' ' ')" = "one two " ] || fail "reset has lost something"
    cmp -s "$mine" lessons/02-byte-streams/read_exact/exercise.c || fail "reset: not the stub"
    ln -sf nowhere "$mine"
    run 0 reset read_exact --yes && says "$mine.3"
    rm "$mine" && mkdir "$mine"
    run 3 reset read_exact --yes
    [ ! -e "$mine.4" ] || fail "reset leaves an empty copy"
    run 3 check read_exact && says "read $mine: Is a directory" && says_not "faulty"
    rmdir "$mine" && mkfifo "$mine"
    run 3 check read_exact && says "read $mine: "
    rm "$mine" "$mine.3"
}

passing() {
    cp lessons/02-byte-streams/read_exact/solution.c "$mine"
    run 0 check read_exact && says "all 2 checks passed" && says "Next: learn start make_listener"
    says "diff $mine lessons/02-byte-streams/read_exact/solution.c"
    CC=true run 3 check read_exact # whose program of before is still there
    today=$(date +%Y-%m-%d)
    echo broken >>"$mine"
    run 1 check read_exact && says "does not compile" # the truth of now
    run 0 list && says "+ read_exact           passed $today" && says "1 of 8 passed"
    [ -z "$(find lessons/work -name '*.new')" ] || fail "half-written files are left"
}

old_progress() {
    cp lessons/work/progress "$work/progress"
    sed '1s/1/0/; $s/$/ invented field/' "$work/progress" >lessons/work/progress
    cp lessons/work/progress "$work/old"
    run 0 list && complains "lessons/work/progress.old" && says "1 of 8 passed"
    cmp -s lessons/work/progress.old "$work/old" || fail "an old progress file is lost"
    cmp -s lessons/work/progress "$work/progress" || fail "not all of it was taken over"
    run 0 list
    [ ! -s "$work/err" ] || fail "said twice"
    rm lessons/work/progress* && mkdir lessons/work/progress
    run 0 list && complains "read lessons/work/progress: Is a directory"
    rmdir lessons/work/progress && mkfifo lessons/work/progress
    run 0 list && complains "read lessons/work/progress: "
    rm lessons/work/progress && cp "$work/progress" lessons/work
}

# As somebody who may not write here.
read_only() {
    as_reader=''
    if [ "$(id -u)" = 0 ]; then
        as_reader="setpriv --reuid=65534 --regid=65534 --clear-groups"
        $as_reader test -x "$learn" 2>/dev/null || { echo "learn: nobody to read only"; return; }
    fi
    chmod -R a+rX "$SOCKLAB_TOP"
    chmod 555 lessons/work
    printf '#!/bin/sh\nexec %s "%s" "$@"\n' "$as_reader" "$learn" >"$work/reader"
    chmod 755 "$work/reader"
    learn=$work/reader
    run 3 check read_exact && complains "--work DIR"
    run 3 start write_all && complains "lessons/work"
    run 0 list && says "1 of 8 passed"
    run 0 hint write_all && says "Level one" && says "Level three" && complains "not recorded"
    run 0 solution write_all --give-up && says "return 2 * n" && complains "not recorded"
    mkdir "$work/elsewhere" && chmod 777 "$work/elsewhere"
    run 0 start write_all --work "$work/elsewhere" && says "$work/elsewhere/write_all.c"
    chmod 755 lessons/work
    learn=$bin/learn
}

watching() {
    rm -f "$mine" && mkfifo "$work/keys"
    "$learn" watch read_exact <"$work/keys" >"$work/seen" 2>&1 &
    watcher=$!
    exec 3>"$work/keys"
    await 1 "Save $mine and it is checked" "$work/seen"
    echo "int twice(int n) { return n + 1; }" >"$mine"
    await 1 "0 of 2 checks passed" "$work/seen"
    rm "$mine" # editors do so for a moment
    cp lessons/02-byte-streams/read_exact/solution.c "$work/new.c"
    mv "$work/new.c" "$mine"
    await 1 "all 2 checks passed" "$work/seen"
    printf 'h\nn\n' >&3
    await 1 "Level three" "$work/seen"
    await 1 "Edit: lessons/work/write_all.c" "$work/seen"
    [ -e lessons/work/write_all.c ] || fail "n does not start the next exercise"
    printf 'c\n' >&3
    await 1 "1 of 2 checks passed" "$work/seen"
    printf 'l\nq\n' >&3
    exec 3>&-
    status=0
    wait "$watcher" || status=$?
    watcher=''
    [ "$status" = 0 ] || fail "watch ends with status $status"
    run 1 watch write_all && says "1 of 2 checks passed" # nobody to watch for
    (trap '' HUP && exec "$learn" watch write_all) <"$work/keys" >"$work/seen" 2>&1 & # as nohup does
    watcher=$!
    exec 3>"$work/keys"
    await 1 "1 of 2 checks passed" "$work/seen"
    kill -HUP "$watcher"
    printf 'h\n' >&3
    await 1 "Level one" "$work/seen"
    kill "$watcher"
    wait "$watcher" || fail "watch fails when it is told to end"
    exec 3>&-
    watcher=''
}

on_a_terminal() {
    script -qec true /dev/null </dev/null >/dev/null 2>&1 ||
        { echo "learn: no script(1), or no terminal for it: colours are not looked at"; return; }
    export TERM=xterm
    escape=$(printf '\033')
    script -qec "$learn check write_all" /dev/null </dev/null >"$work/out" 2>&1 || :
    grep -q "$escape\\[31m" "$work/out" || fail "no colours on a terminal"
    NO_COLOR=1 script -qec "$learn check write_all" /dev/null </dev/null >"$work/out" 2>&1 || :
    ! grep -q "$escape" "$work/out" || fail "colours in spite of NO_COLOR"
    says "1 of 2 checks passed"
    echo n |
        script -qec "$learn reset write_all" /dev/null >"$work/out" 2>&1 || :
    says "[y/N]"
    [ ! -e lessons/work/write_all.c.1 ] || fail "no is no"
}

grading() {
    mkdir -p "class/Kim, Min" class/=lee/length_frames.c class/.hidden
    cp lessons/02-byte-streams/read_exact/solution.c "class/Kim, Min/read_exact.c"
    cp lessons/02-byte-streams/write_all/exercise.c class/=lee/write_all.c
    echo "int twice(" >class/=lee/read_exact.c
    run 0 grade class --csv
    [ "$(sed q "$work/out")" = "student,exercise,verdict,passed,checks,failed,message" ] || fail head
    [ "$(wc -l <"$work/out")" -eq 17 ] || fail "not a row for each exercise of each student"
    says "'=lee,write_all,fail,1,2,doubles,doubles: expected twice 6; got twice 3"
    says "'=lee,make_listener,missing,0,2,,"
    says "'=lee,read_exact,fail,0,2,,does not compile: class/=lee/read_exact.c:1:"
    says '"Kim, Min",read_exact,pass,2,2,,'
    if [ -w /dev/full ]; then
        ! "$learn" grade class --csv >/dev/full 2>"$work/err" || fail "a full disk goes unnoticed"
        complains "write stdout"
        ! "$learn" --help >/dev/full 2>"$work/err" || fail "--help is lost on a full disk"
    fi
    run 0 grade class && says "+ read_exact           2/2" && says "missing" && says "1 of 8 passed"
    run 0 grade class --lang ko && says "제출하지 않음"
    echo "int main(" >lessons/02-byte-streams/write_all/check.c
    run 3 grade class --csv && says "'=lee,write_all,fault,0,2,,fault: "
    CC=nothing run 3 grade class
    grep -q "No C compiler" "$work/err" || fail "no compiler: unsaid"
}

for part in misuse beginning checking helping trouble without_tools resetting passing \
    old_progress read_only watching on_a_terminal grading; do
    $part
done
echo "learn: as it says"
