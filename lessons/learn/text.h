/* lessons/learn/text.h: every sentence that `learn` says, in both languages: English and Korean
 * with the same printf directives in the same order.
 * SPDX-License-Identifier: MIT */
#ifndef LEARN_TEXT_H
#define LEARN_TEXT_H

#include <stdbool.h>

#define TEXTS(X)                                                                                   \
    /* --help */                                                                                   \
    X(T_USAGE, "usage: %s [COMMAND] [OPTION]...", "사용법: %s [명령] [옵션]...")                   \
    X(T_ABOUT, "Exercises on sockets: you write one function, and see at each save what it does. " \
               "Without a command: watch. Without NAME: the exercise you are at.",                 \
      "소켓 연습 문제입니다. 함수 하나를 작성하고, 저장할 때마다 그 함수가 어떻게 동작하는지 "     \
      "확인합니다. 명령을 생략하면 watch를 실행하고, NAME을 생략하면 지금 풀고 있는 연습 "         \
      "문제를 뜻합니다.")                                                                          \
    X(T_COMMANDS, "Commands:", "명령:")                                                            \
    X(T_OPTIONS, "Options:", "옵션:")                                                              \
    X(T_HELP_WATCH, "check at each save, and go from one exercise to the next; without a "         \
                    "terminal: check once",                                                        \
      "저장할 때마다 검사하고, 통과하면 다음 연습 문제로 안내합니다. 터미널이 아니면 한 번만 "     \
      "검사합니다")                                                                                \
    X(T_HELP_LIST, "all exercises, and how far you are",                                           \
      "모든 연습 문제와 진행 상황을 보여 줍니다")                                                  \
    X(T_HELP_START, "copy the exercise's file to where you work",                                  \
      "연습 문제 파일을 작업 폴더로 복사합니다")                                                   \
    X(T_HELP_CHECK, "check once", "한 번 검사합니다")                                              \
    X(T_HELP_HINT, "a hint, one level deeper each time",                                           \
      "힌트를 보여 줍니다. 실행할 때마다 한 단계씩 자세해집니다")                                  \
    X(T_HELP_SOLUTION, "a solution: after passing, or with --give-up",                             \
      "해답을 보여 줍니다. 통과한 뒤에, 또는 --give-up과 함께 씁니다")                             \
    X(T_HELP_RESET, "begin again; your version is kept as NAME.c.1, .2 ...",                       \
      "처음부터 다시 시작합니다. 지금까지 쓴 파일은 NAME.c.1, .2 ...로 남겨 둡니다")               \
    X(T_HELP_GRADE, "check a class: DIR/STUDENT/NAME.c. Students' code runs with your rights: use "\
                    "a container, or an account that is there for nothing else",                   \
      "한 반의 제출물 DIR/STUDENT/NAME.c를 채점합니다. 학생의 코드가 실행하는 사람의 권한으로 "    \
      "실행되므로 컨테이너나 채점 전용 계정에서 쓰세요")                                           \
    X(T_HELP_LANG, "English or Korean (else: LC_ALL, LC_MESSAGES, LANG)",                          \
      "영어 또는 한국어 (생략하면 LC_ALL, LC_MESSAGES, LANG을 따릅니다)")                          \
    X(T_HELP_WORK, "where you work (else: SOCKLAB_WORK, lessons/work)",                            \
      "작업 폴더 (생략하면 SOCKLAB_WORK, 그것도 없으면 lessons/work)")                             \
    X(T_HELP_TIME, "for each check (5)", "검사 하나에 주는 시간 (5초)")                            \
    X(T_HELP_SANITIZE, "with AddressSanitizer and UndefinedBehaviorSanitizer",                     \
      "AddressSanitizer와 UndefinedBehaviorSanitizer를 켜고 검사합니다")                           \
    X(T_HELP_GIVE_UP, "show the solution before you have passed; list says so from then on",       \
      "통과하기 전에 해답을 봅니다. 해답을 본 사실이 list에 남습니다")                             \
    X(T_HELP_YES, "reset: do not ask", "reset: 묻지 않고 진행합니다")                              \
    X(T_HELP_CSV, "grade: comma-separated values, for a spreadsheet. A cell that a spreadsheet "   \
                  "would take for a formula begins with an apostrophe",                            \
      "grade: 스프레드시트용 CSV로 출력합니다. 수식으로 오인될 수 있는 칸은 작은따옴표로 "         \
      "시작합니다")                                                                                \
    X(T_HELP_HELP, "print this and exit", "이 도움말을 출력하고 끝냅니다")                         \
    X(T_HELP_VERSION, "print the version and exit", "버전을 출력하고 끝냅니다")                    \
    X(T_HELP_EXIT, "Exit status: 0 passed, 1 not passed, 2 misuse, 3 learn could not do its work " \
                   "(no compiler, no CMocka, nowhere to write, a faulty check).",                  \
      "종료 코드: 0 통과, 1 통과하지 못함, 2 잘못된 사용, 3 learn이 동작하지 못함(컴파일러가 "     \
      "없음, CMocka가 없음, 쓸 수 있는 폴더가 없음, 검사 자체의 오류).")                           \
    /* misuse: one line */                                                                         \
    X(T_NO_COMMAND, "'%s' is not a command", "'%s' 명령은 없습니다")                               \
    X(T_NO_EXERCISE, "no exercise is called '%s'", "'%s' 연습 문제는 없습니다")                    \
    X(T_DID_YOU_MEAN, "; did you mean '%s'?", ". 혹시 '%s'인가요?")                                \
    X(T_SEE_HELP, " (see --help)", " (--help를 보세요)")                                           \
    X(T_SEE_LIST, " (see list)", " (list를 보세요)")                                               \
    X(T_NO_OPTION, "%s is not an option (see --help)", "%s 옵션은 없습니다 (--help를 보세요)")     \
    X(T_NEEDS_VALUE, "%s needs a value", "%s 뒤에 값이 필요합니다")                                \
    X(T_NOT_HERE, "--%s does not belong to '%s'", "--%s 옵션은 '%s' 명령에 쓰지 않습니다")         \
    X(T_ONE_NAME, "'%s' is one too many", "'%s': 인자가 너무 많습니다")                            \
    X(T_GRADE_WHAT, "grade: which folder? It holds STUDENT/NAME.c",                                \
      "grade: STUDENT/NAME.c가 들어 있는 폴더를 적어 주세요")                                      \
    X(T_BAD_LANG, "--lang: '%s' is neither en nor ko", "--lang: '%s'은(는) en도 ko도 아닙니다")    \
    X(T_BAD_TIME, "--time-limit: '%s' is not a number of seconds from 0.1 to 3600",                \
      "--time-limit: '%s'은(는) 0.1에서 3600 사이의 초가 아닙니다")                                \
    X(T_NEEDS_YES, "reset %s: nobody here to ask: --yes replaces %s (and keeps a copy)",           \
      "reset %s: 물어볼 터미널이 없습니다. --yes를 주면 %s 파일을 바꿉니다(사본은 남깁니다)")      \
    X(T_NEEDS_GIVE_UP, "solution %s: it has not passed yet; --give-up shows the solution all the " \
                       "same, and that is recorded",                                               \
      "solution %s: 아직 통과하지 못했습니다. --give-up을 주면 그래도 보여 주고, 본 사실을 "       \
      "기록합니다")                                                                                \
    X(T_NOT_STARTED, "%s is not there: begin with `%s start %s`",                                  \
      "%s 파일이 없습니다. `%s start %s` 명령으로 시작하세요")                                     \
    /* what the computer refuses */                                                                \
    X(T_NO_TOP, "find the lessons: not here, nor above; go to the checkout, or set SOCKLAB_TOP",   \
      "수업을 찾지 못했습니다. 내려받은 폴더로 가거나 SOCKLAB_TOP을 지정하세요")                   \
    X(T_NO_WORK, "write in %s: %s; name a folder of yours with --work DIR or SOCKLAB_WORK (list, " \
                 "hint and solution work without)",                                                \
      "%s 폴더에 쓸 수 없습니다: %s. --work DIR이나 SOCKLAB_WORK로 쓸 수 있는 폴더를 지정하세요 "  \
      "(list, hint, solution은 그대로 쓸 수 있습니다)")                                            \
    X(T_CANNOT, "%s %s: %s", "%s %s: %s")                                                          \
    X(T_NOT_RECORDED, "%s: %s: this is not recorded", "%s: %s: 진행 상황을 기록하지 못했습니다")   \
    X(T_DAMAGED, "%s: not all of it is understood (line %zu); it is kept as %s, the rest is used", \
      "%s: 이해할 수 없는 내용이 있습니다(%zu번째 줄). 원본은 %s에 두고 나머지를 사용합니다")      \
    X(T_UNKEPT, "%s: not all of it is understood (line %zu), and it cannot be kept aside: nothing "\
                "is recorded",                                                                     \
      "%s: 이해할 수 없는 내용이 있는데(%zu번째 줄) 따로 보관할 수 없어 아무것도 기록하지 "        \
      "않습니다")                                                                                  \
    /* list */                                                                                     \
    X(T_PASSED_ON, "passed %s", "%s 통과")                                                         \
    X(T_PASSED_PLAIN, "passed", "통과")                                                            \
    X(T_STARTED, "started", "시작함")                                                              \
    X(T_HERE, "you are here", "지금 여기")                                                         \
    X(T_HINT_ONE, "%d hint", "힌트 %d개")                                                          \
    X(T_HINTS, "%d hints", "힌트 %d개")                                                            \
    X(T_LOOKED, "looked at the solution", "해답을 봄")                                             \
    X(T_OF, "%zu of %zu passed", "%zu / %zu 통과")                                                 \
    /* start, reset */                                                                             \
    X(T_IS_NEW, "%s: ready", "%s: 준비됐습니다")                                                   \
    X(T_WAS_THERE, "%s is there already and stays as it is", "%s 파일이 이미 있어 그대로 둡니다")  \
    X(T_READ, "Read: ", "읽기: ")                                                                  \
    X(T_WHAT, "What: ", "내용: ")                                                                  \
    X(T_EDIT, "Edit: ", "편집: ")                                                                  \
    X(T_THEN, "Then: ", "다음: ")                                                                  \
    X(T_ASK_RESET, "Replace %s by the stub? What you have is kept as a copy. [y/N] ",              \
      "%s 파일을 처음 상태로 되돌릴까요? 지금 내용은 사본으로 남깁니다. [y/N] ")                   \
    X(T_STAYS, "%s stays as it is", "%s 파일을 그대로 둡니다")                                     \
    X(T_KEPT, "Your version is kept as %s", "지금까지 쓴 파일은 %s에 남겨 두었습니다")             \
    /* hint, solution */                                                                           \
    X(T_HINT_N, "Hint %d of %d", "힌트 %d / %d")                                                   \
    X(T_HINT_CHECK, "About %s, the first check that failed", "처음으로 실패한 검사 %s에 대하여")   \
    X(T_HINT_MORE, "More: ", "더 보려면: ")                                                        \
    X(T_HINT_KEY, "More: h and Enter", "더 보려면: h를 누르고 Enter")                              \
    X(T_HINT_LAST, "That is all there is. A solution: ", "힌트는 여기까지입니다. 해답을 보려면: ") \
    X(T_HINT_ALL, "All at once: what you have seen cannot be remembered here",                     \
      "본 힌트를 기록할 수 없어 한꺼번에 보여 줍니다")                                             \
    X(T_COMPARE, "Compare with a solution: ", "해답과 비교하려면: ")                               \
    /* check */                                                                                    \
    X(T_CHECKING, "checking %s ...", "%s 검사 중 ...")                                             \
    X(T_ALL_PASSED, "%s: all %zu checks passed", "%s: 검사 %zu개를 모두 통과했습니다")             \
    X(T_SOME_PASSED, "%s: %zu of %zu checks passed", "%s: 검사 %zu / %zu개 통과")                  \
    X(T_PRAISE_1, "Well done.", "잘했습니다.")                                                     \
    X(T_PRAISE_2, "That is it.", "맞습니다.")                                                      \
    X(T_PRAISE_3, "It holds.", "제대로 동작합니다.")                                               \
    X(T_AFTER, "after:", "여기까지 한 일:")                                                        \
    X(T_EXPECTED, "expected ", "기대: ")                                                           \
    X(T_GOT, "got      ", "실제: ")                                                                \
    X(T_PRINTED, "Your code printed:", "작성한 코드가 출력한 내용:")                               \
    X(T_WARNS, "It compiles, but the compiler warns:", "컴파일은 되지만 컴파일러가 경고합니다:")   \
    X(T_MORE_LINES, "... %zu more lines", "... %zu줄 더 있음")                                     \
    X(T_STUCK, "Stuck? ", "막혔다면: ")                                                            \
    X(T_NEXT, "Next: ", "다음: ")                                                                  \
    X(T_FINISHED, "All exercises have passed.", "모든 연습 문제를 통과했습니다.")                  \
    /* how far it came: enum stage */                                                              \
    X(S_NO_COMPILER, "No C compiler works here:", "동작하는 C 컴파일러가 없습니다:")               \
    X(S_NO_CMOCKA, "CMocka, which the checks are made of, is not installed:",                      \
      "검사에 쓰는 CMocka가 설치되어 있지 않습니다:")                                              \
    X(S_INSTALL, "`lessons/run --check` says what is missing and how to install it. Meanwhile "    \
                 "list, start, hint, solution --give-up and reset work.",                          \
      "`lessons/run --check`를 실행하면 빠진 것과 설치 방법을 알려 줍니다. 그동안 list, start, "   \
      "hint, solution --give-up, reset은 쓸 수 있습니다.")                                         \
    X(S_FAULT, "The check itself is faulty: not your mistake. Please report it: ",                 \
      "검사 자체의 오류이며 작성한 코드의 잘못이 아닙니다. 이 내용을 알려 주세요: ")               \
    X(S_NOT_COMPILED, "%s does not compile", "%s 파일이 컴파일되지 않습니다")                      \
    X(S_NOT_LINKED, "%s does not link: is the function there, with the name that %s.h gives it?",  \
      "%s 파일이 링크되지 않습니다. %s.h에 적힌 이름 그대로 함수가 있는지 확인하세요")             \
    /* what became of a check: enum result */                                                      \
    X(R_WRONG, "not as expected", "기대와 다름")                                                   \
    X(R_CRASHED, "crashed: %s, %s", "비정상 종료: %s, %s")                                         \
    X(R_EXITED, "ended the program by itself, in the middle of the check (exit status %d)",        \
      "검사 도중에 프로그램을 스스로 끝냈습니다(종료 코드 %d)")                                    \
    X(R_TOO_SLOW, "did not come back within %d s: does it wait for bytes that never come, or loop "\
                  "without end?",                                                                  \
      "%d초 안에 끝나지 않았습니다. 오지 않을 바이트를 기다리거나 끝없이 반복하고 있지는 "         \
      "않나요?")                                                                                   \
    X(R_TOO_LOUD, "printed more than %d bytes: is there a print in a loop?",                       \
      "%d바이트가 넘게 출력했습니다. 반복문 안에서 출력하고 있지는 않나요?")                       \
    X(R_FORKED, "a second process came back from your function: what is forked must end there",    \
      "함수에서 프로세스가 하나 더 돌아왔습니다. fork로 만든 프로세스는 함수 "                     \
      "안에서 끝나야 합니다")                                                                      \
    X(R_NOT_RUN, "not run: the checks before it used up the time",                                 \
      "실행하지 않음: 앞선 검사에서 시간을 다 썼습니다")                                           \
    X(R_FAULTY, "the check itself is faulty, not your code",                                       \
      "작성한 코드가 아닌 검사 자체의 오류")                                                       \
    X(R_SANITIZE, "The line where it happened: ", "문제가 생긴 줄을 보려면: ")                     \
    X(G_SEGV, "an address that is not the program's", "접근할 수 없는 메모리 주소에 접근")         \
    X(G_BUS, "an address that does not exist or is not aligned",                                   \
      "없거나 정렬되지 않은 주소에 접근")                                                          \
    X(G_FPE, "a division by zero or the like", "0으로 나누기 등 잘못된 산술 연산")                 \
    X(G_ABRT, "abort(): an assertion, the C library's own check or a sanitizer",                   \
      "abort(): assert, C 라이브러리의 자체 검사 또는 sanitizer")                                  \
    X(G_PIPE, "a write to a connection that the other side has closed",                            \
      "상대가 닫은 연결에 쓰기")                                                                   \
    X(G_KILL, "ended from outside, or out of memory", "외부에서 강제로 종료했거나 메모리 부족")    \
    X(G_OTHER, "signal %d", "시그널 %d")                                                           \
    /* watch */                                                                                    \
    X(T_WATCHING, "Save %s and it is checked.", "%s 파일을 저장하면 검사합니다.")                  \
    X(T_KEYS, "h hint, t task, l list, n next, c check, q quit (and Enter)",                       \
      "h 힌트, t 문제, l 목록, n 다음, c 검사, q 끝내기 (누른 뒤 Enter)")                          \
    X(T_NEXT_KEY, "Next: n and Enter, %s", "다음 문제: n을 누르고 Enter, %s")                      \
    X(T_GONE, "%s is not there: waiting for it", "%s 파일이 없습니다. 생길 때까지 기다립니다")     \
    X(T_BYE, "Until next time: `%s` goes on here.",                                                \
      "다음에 `%s` 명령을 실행하면 여기부터 이어집니다.")                                          \
    /* grade */                                                                                    \
    X(T_NO_STUDENTS, "grade %s: no folder in it: each student has one, DIR/STUDENT/NAME.c",        \
      "grade %s: 폴더가 없습니다. 학생마다 폴더를 하나씩 두세요: DIR/STUDENT/NAME.c")              \
    X(T_MISSING, "missing", "제출하지 않음")                                                       \
    X(T_FAULT, "fault: %s", "검사 오류: %s")                                                       \
    X(T_COMPILE_BRIEF, "does not compile: %s", "컴파일되지 않음: %s")                              \
    X(T_LINK_BRIEF, "does not link: %s", "링크되지 않음: %s")

#define X(id, en, ko) id,
enum text { TEXTS(X) TEXT_COUNT };
#undef X

/* For this process, from now on: "ko", else English. */
void text_language(const char *lang);

/* A printf format where the list shows one. */
const char *text(enum text);
const char *text_in(enum text, bool korean);

/* "learn: " and one line on stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What the environment asks for: "ko" or "en" (POSIX: LC_ALL, then LC_MESSAGES, then LANG). */
const char *text_default_language(void);

#endif
