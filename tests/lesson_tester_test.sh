#!/bin/sh
# SPDX-License-Identifier: MIT
# tests/lesson_tester_test.sh: a good lesson passes lesson_test.sh and lesson_text_test.sh; each of
# its broken copies is caught, by its message.  So are broken copies of the way through the course
# (course_test.sh) and of the glossary (glossary_test.sh).
# shellcheck disable=SC2016 # the backticks are Markdown
set -u

tests=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P)
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
top=${tests%/*}
SOCKLAB_BIN=${SOCKLAB_BIN:-$top/build/bin}
SOCKLAB_TOP=$work/top
export SOCKLAB_BIN SOCKLAB_TOP
lesson=lessons/99-scratch
folder=$SOCKLAB_TOP/$lesson
failures=0

broken() {
    echo "FAILED: $*" >&2
    failures=$((failures + 1))
}

make_lesson() {
    rm -rf "$SOCKLAB_TOP"
    mkdir -p "$folder/count_up"
    : >"$folder/count_up/exercise.c"
    cat >"$SOCKLAB_TOP/count.c" <<'EOF'
int count_up(int n);

int count_up(int n)
{
    /* region sum */
    n++;
    /* end sum */
    return n;
}
EOF
    cat >"$folder/README.md" <<'EOF'
# 99 Scratch

[Korean](README.ko.md)
<!-- covers A1 A2 -->

## The question

How long is 40 ms? RFC 9293 knows.

## Predict

Nothing comes back when nobody listens.

```sh
echo hello | build/bin/tcp_echo_client
```

```text
tcp_echo_client: connect tcp://127.0.0.1:7001: Connection refused
```

## Try it

```sh server
build/bin/ws_echo_server --explain
```

```sh
echo hello | build/bin/ws_echo_client --explain
```

```text
0.000 ms -- tcp connecting to 127.0.0.1:7004
...
0.01..9,000 ms -> http 157 B GET /echo, Upgrade: ...
...
48 6f 73 74 .. "Host: 127.0.0.1:7004"
...
<masked> <key> <of> <four> masking key
...
0..9,000 ms <- ws 7 B text 5 B
...
hello
...
```

```text server
listening on ws://127.0.0.1:7004
...
#1 0.000 ms -- tcp accepted from 127.0.0.1:1024..65535
...
#1 0..9,000 ms -- tcp closed
```

## What came out, and why

```sh
build/bin/ws_echo_server
```

```text
ws_echo_server: listen 127.0.0.1:7004: Address already in use
```

## The source

<!-- quote count.c count_up -->
```c
int count_up(int n)
{
    n++;
    return n;
}
```

<!-- quote count.c sum -->
```c
n++;
```

## Exercise

`count_up`: `lessons/run start count_up`.

## Check yourself

<details>1</details>
<details>2</details>
<details>3</details>
EOF
    sed -e 's/^## The question/## 질문/' -e 's/^## Predict/## 예측/' -e 's/^## Try it/## 해 보기/' \
        -e 's/^## What came.*/## 결과와 그 이유/' -e 's/^## The source/## 소스/' \
        -e 's/^## Exercise/## 연습/' -e 's/^## Check.*/## 스스로 확인하기/' \
        -e 's/README.ko.md/README.md/' -e 's/How long is/얼마인가:/' \
        "$folder/README.md" >"$folder/README.ko.md"
}

caught() { # caught SCRIPT WHAT MESSAGE
    if LC_ALL=C.UTF-8 sh "$tests/$1" $lesson >"$work/out" 2>&1; then
        broken "$2: passed $1"
    elif ! grep -q -e "$3" "$work/out"; then
        broken "$2: no '$3' in what $1 says: $(cat "$work/out")"
    fi
}

passes() { # passes SCRIPT WHAT
    sh "$tests/$1" $lesson >"$work/out" 2>&1 || broken "$2: $(cat "$work/out")"
}

change() { # change FILE SED
    sed -e "$2" "$folder/$1" >"$work/changed"
    cmp -s "$work/changed" "$folder/$1" && broken "nothing to change for: $2"
    cp "$work/changed" "$folder/$1"
}

wrong_text() { # wrong_text MESSAGE FILE SED
    make_lesson
    change "$2" "$3"
    caught lesson_text_test.sh "$2 $3" "$1"
}

wrong_in_both() { # wrong_in_both MESSAGE SED
    make_lesson
    change README.md "$2"
    change README.ko.md "$2"
    caught lesson_text_test.sh "both: $2" "$1"
}

wrong_output() { # wrong_output MESSAGE SED
    make_lesson
    change README.md "$2"
    caught lesson_test.sh "$2" "$1"
}

wrong_course() { # wrong_course TEST MESSAGE FILE SED: of the real course
    rm -rf "$SOCKLAB_TOP"
    mkdir -p "$SOCKLAB_TOP/bench" "$SOCKLAB_TOP/http_poll" "$SOCKLAB_TOP/tcp_echo" \
        "$SOCKLAB_TOP/udp_echo" "$SOCKLAB_TOP/ws_echo" "$SOCKLAB_TOP/lessons"
    cp -R "$top"/lessons/*.md "$top"/lessons/[0-9][0-9]-* "$SOCKLAB_TOP/lessons"
    cp "$top/README.ko.md" "$SOCKLAB_TOP"
    folder=$SOCKLAB_TOP/lessons
    change "$3" "$4"
    caught "$1" "$3 $4" "$2"
    folder=$SOCKLAB_TOP/$lesson
}

make_lesson
passes lesson_text_test.sh "a good lesson"
passes lesson_test.sh "a good lesson"

wrong_text 'differ in figures' README.ko.md 's/40 ms/45 ms/'
wrong_text 'differ in figures' README.ko.md 's/RFC 9293/RFC 793/'
wrong_text 'differ in structure' README.ko.md 's/tcp_echo_client$/ws_echo_client/'
wrong_text 'differ in structure' README.ko.md 's/already in use/in use/'
wrong_text 'differ in structure' README.ko.md 's/covers A1 A2/covers A1/'
wrong_text 'differ in structure' README.ko.md 's/^## 예측/&\n\n### 하나 더/'
wrong_text 'differ in commands' README.ko.md 's/run start/run check/'
wrong_text 'differ in links' README.md 's/^## Predict/&\n\n[up](..)/'
wrong_text 'sections are not' README.ko.md 's/^## 예측/## 예상/'
wrong_text 'sections are not' README.md '/^## Predict/d'
wrong_text 'no link to the Korean' README.md 's/README.ko.md/..\/99-scratch/'
wrong_text ' words, more than 1200' README.md "s/How long/$(yes a | head -n 1200 | tr '\n' ' ')&/"
wrong_text 'is not as in count.c' README.md 's/^    return n;/    return n ;/'
wrong_text 'not three questions' README.ko.md '/<details>2/d'
wrong_in_both 'sum is not as in' 's/^n++;/++n;/'
wrong_in_both 'no function and no region total' 's/count.c sum/count.c total/'
wrong_in_both 'no function and no region' 's/count.c sum/gone.c sum/'
wrong_in_both 'no C right below' 's/^<!-- quote count.c sum.*/&\n/'
wrong_in_both 'C that quotes nothing' '/^<!-- quote count.c sum/d'
wrong_in_both '../98-gone does not exist' 's/^## Predict/[gone](..\/98-gone)\n&/;s/^## 예측/[gone](..\/98-gone)\n&/'
wrong_in_both 'count_up is not in' 's/^`count_up.*/count/'
wrong_in_both 'no exercise count_down' 's/start count_up/start count_down/'

wrong_output 'expected: tcp_echo_client: connected' 's/client: connect /client: connected /'
wrong_output 'expected: 8,000..9,000 ms -> http' 's/0.01\(..9,000\)/8,000\1/'
wrong_output 'expected: .* 158 B' 's/157 B/158 B/'
wrong_output 'expected: <masked>' 's/<four>/& <five>/'
wrong_output 'expected: no more lines' 's/Address already in use/&\n```\n\n```sh\necho 1; echo 2\n```\n\n```text\n1/'
wrong_output 'came:     no more lines' 's/Address already in use/&\n3/'
wrong_output 'expected: #2 0..9,000 ms' 's/^#1 0..9,000/#2 0..9,000/'
wrong_output 'what a server shows is' 's/^```text server/```sh server\nbuild\/bin\/tcp_echo_server\n```\n\n```text/'
wrong_output 'status 127' 's/ws_echo_server$/ws_echoing_server/'
wrong_output 'does not listen' 's/server --explain/server --explicate/'
wrong_output 'of another kind: shell' 's/^```sh$/```shell/'
wrong_output 'status 3' 's/^## Predict/&\n\n```sh\nexit 3\n```/'

wrong_course course_test.sh 'ko.md: ids .*< D5' README.ko.md 's/^| D5 |/| D55 |/'
wrong_course course_test.sh 'ids .*> C1' README.md '/^| C1 |/{p;}'
wrong_course course_test.sh 'the languages differ in where' README.ko.md '/^| F2 /s/판정표/13/'
wrong_course course_test.sh '< B1 02-byte' 02-byte-streams/README.md '/^<!-- covers/s/ B1 / /'
wrong_course course_test.sh '> B6 02-byte' 02-byte-streams/README.md '/^<!-- covers/s/ B1 / B1 B6 /'
wrong_course course_test.sh 'no way to 01-sockets' README.md '/^| \[01 /d'
wrong_course glossary_test.sh '핸드쉐이크 (say 핸드셰이크)' README.ko.md 's/터미널/핸드쉐이크/'
wrong_course glossary_test.sh '체크 (say 검사)' 02-byte-streams/README.ko.md '$s/$/체크섬 체크/'
wrong_course glossary_test.sh 'twice: ACK' glossary.md 's/^| ACK/| ack | 애크 | |\n&/'
wrong_course glossary_test.sh 'not in order' glossary.md 's/^| worker/| a worker/'

[ $failures = 0 ] || { echo "$failures failed" >&2; exit 1; }
