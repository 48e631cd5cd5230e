/* bench/report/text.h: every sentence that a reader of results meets, in one place: a second
 * language is one more column of this list.
 * SPDX-License-Identifier: MIT */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#define TEXTS(X)                                                                                   \
    X(T_NONE, "")                                                                                  \
    /* measures: titles, and what a round consists of */                                           \
    X(T_HANDSHAKE_TITLE, "from before socket() until the first message can go")                    \
    X(T_MESSAGE_TITLE, "one message there and back")                                               \
    X(T_PUSH_TITLE, "from an event's creation to its arrival at its subscribers")                  \
    X(T_IDLE_TITLE, "memory of a connection that is open and silent")                              \
    X(T_MODELS_TITLE, "connections that stay, and who of them is served")                          \
    X(T_HANDSHAKE_NOTE, "CPU: user and kernel, per connection; one echo and the close are in it; " \
                        "packets, bytes: out+in, * where they are not as predicted, "              \
                        "counted at rest after each phase, ")                                      \
    X(T_BY_TCP_INFO, "by TCP_INFO, of UDP by a tap")                                               \
    X(T_BY_WIRE, "by the wire")                                                                    \
    X(T_MESSAGE_NOTE, "header, TLS, TCP/IP: bytes per echo, both directions; CPU: user and "       \
                      "kernel, per echo")                                                          \
    X(T_PUSH_NOTE, "bytes, requests, CPU (user and kernel): per event; empty, missed, twice: "     \
                   "totals of all rounds")                                                         \
    X(T_FAN_OUT_NOTE, "requests, CPU (user and kernel): per event and subscriber; bytes: per "     \
                      "event, of one lone subscriber; empty, missed, twice: totals of all "        \
                      "subscribers and rounds")                                                    \
    X(T_TICKET_NOTE, "; tls's packets and bytes include TLS's ticket for the next visit; on one "  \
                     "core the time to make it is in whichever phase the kernel lets the server "  \
                     "run")                                                                        \
    X(T_RESUMES_NOTE, "; https-close resumes its session")                                         \
    X(T_FEWER_NOTE, "; fewer where each takes long: n is in --json and --csv")                     \
    X(T_MORE_NOTE, "; poll: a quarter more events")                                                \
    X(T_MISSED_NOTE, "; first, median, last: of the events that all heard, where some did not")    \
    X(T_IDLE_NOTE, "per connection; user: the server's private memory; kernel: for the server's "  \
                   "end; after: what of it stays when all have left")                              \
    X(T_MODELS_NOTE, "served: got an echo within a second, while all stay; (n): predicted, "       \
                     "where something else came out; us: round trips of those served; user: the "  \
                     "server's private memory; page tables and kernel stacks not included")        \
    X(T_CONNECTION_ONE, "connection")                                                              \
    X(T_CONNECTIONS, "connections")                                                                \
    X(T_ECHO_ONE, "echo")                                                                          \
    X(T_ECHOES, "echoes")                                                                          \
    X(T_EVENT_ONE, "event")                                                                        \
    X(T_EVENTS, "events")                                                                          \
    /* metrics, for --list */                                                                      \
    X(T_CONNECT, "socket() until connected")                                                       \
    X(T_TLS, "the TLS handshake, full or resumed")                                                 \
    X(T_UPGRADE, "WebSocket's request until its 101")                                              \
    X(T_TOTAL, "before socket() until the first message can go")                                   \
    X(T_FIRST_REPLY, "before socket() until the first reply is here")                              \
    X(T_ROUND_TRIPS, "times the client waited for an answer until ready")                          \
    X(T_PACKETS, "IP packets in both directions until ready")                                      \
    X(T_BYTES_OUT, "client to server until ready, IP headers included")                            \
    X(T_BYTES_IN, "server to client until ready, IP headers included")                             \
    X(T_CPU_CONNECTION, "user and kernel, per connection with one echo")                           \
    X(T_RTT, "a message there and back, one at a time")                                            \
    X(T_RATE, "messages a second, one at a time")                                                  \
    X(T_RATE_DEEP, "messages a second, --depth under way")                                         \
    X(T_PAYLOAD, "payload per echo, both directions")                                              \
    X(T_HEADER, "the protocol's own bytes per echo, both directions")                              \
    X(T_TLS_BYTES, "TLS's bytes per echo")                                                         \
    X(T_TCPIP, "TCP or UDP, and IP headers per echo, both directions")                             \
    X(T_CPU_ECHO, "user and kernel, per echo, one at a time")                                      \
    X(T_CPU_ECHO_DEEP, "user and kernel, per echo, --depth under way")                             \
    X(T_LOST, "without a reply, one at a time, over all rounds")                                   \
    X(T_LOST_DEEP, "without a reply, --depth under way, over all rounds")                          \
    X(T_LATENCY, "an event's creation until its arrival")                                          \
    X(T_FIRST, "creation until the first subscriber has it")                                       \
    X(T_MEDIAN, "creation until half of the subscribers have it")                                  \
    X(T_LAST, "creation until the last subscriber has it")                                         \
    X(T_EVENT_BYTES, "per event, both directions, IP headers, to one")                             \
    X(T_REQUESTS, "requests sent, per event and subscriber")                                       \
    X(T_EMPTY, "polls that brought none; all subscribers, all rounds")                             \
    X(T_MISSED, "events that never came; all subscribers, all rounds")                             \
    X(T_DUPLICATE, "events that came twice; all subscribers, all rounds")                          \
    X(T_CPU_EVENT, "user and kernel, per event and subscriber")                                    \
    X(T_PHASE_TRIPS, "of a phase: times the client waited for an answer")                         \
    X(T_PHASE_OUT, "of a phase: IP packets that the client sent")                                  \
    X(T_PHASE_IN, "of a phase: IP packets that the server sent")                                   \
    X(T_PHASE_BYTES_OUT, "of a phase: their bytes, headers included")                              \
    X(T_PHASE_BYTES_IN, "of a phase: their bytes, headers included")                               \
    X(T_PHASE_AGAIN, "of a phase: sent again; loopback: by the client only")                       \
    X(T_USER_BYTES, "per connection, the server's private memory")                                 \
    X(T_KERNEL_BYTES, "per connection, kernel memory of the server's end")                         \
    X(T_USER_AFTER, "what of it stays per connection after all have left")                         \
    X(T_KERNEL_AFTER, "what of it stays per connection after all have left")                       \
    X(T_SERVED, "connections that got an answer within a second")                                  \
    X(T_RTT_SERVED, "there and back, on connections that are served")                              \
    X(T_THREADS, "the server's processes and threads while they stay")                             \
    X(T_MEMORY, "private user memory of all of the server's processes")                            \
    /* why something can't be had */                                                               \
    X(T_NA_PLAIN, "no TLS in this transport")                                                      \
    X(T_NA_UPGRADE, "nothing to upgrade in this transport")                                        \
    X(T_NA_PIPELINE, "one message is all that a connection carries")                               \
    X(T_NA_TOO_MUCH, "--depth x --size is over 128 KiB: client and echo would block each other")   \
    X(T_NA_TCP_INFO, "packets are counted by Linux's TCP_INFO only")                               \
    X(T_NA_CPU, "another process's CPU clock can't be read here")                                  \
    X(T_NA_DATAGRAM, "larger than one datagram (65,507 bytes)")                                    \
    X(T_NA_ONE, "with one subscriber the first is the last")                                       \
    X(T_NA_POLLS, "so many polls a second would measure the machine, not polling")                 \
    X(T_NA_WHOLE, "no event reached all subscribers")                                              \
    X(T_NA_NOBODY, "nobody was served")                                                            \
    X(T_NA_PROC, "memory is read from Linux's /proc only")                                         \
    X(T_NA_SLAB, "kernel memory is read from /proc/slabinfo, by root only")                        \
    X(T_NA_SAMPLES, "a percentile needs 10 samples beyond it: p50 20, p90 100, p99 1,000, "        \
                    "p99.9 10,000")                                                                \
    X(T_NA_GAVE_UP, "so much was lost that it gave up")                                            \
    X(T_NA_ALL_LOST, "all of them were lost")                                                      \
    X(T_NA_WIRE, "no wire: %s")                                                                    \
    X(T_NA_RECORD, "the record was full: measure less at a time")                                  \
    X(T_NA_LOST, "no ratio where something was lost: what is missing may have been the slowest")   \
    X(T_NA_UNTOLD, "no round brought a figure")                                                    \
    X(T_NA_BASELINE, "the baseline has no such figure to compare with")                            \
    X(T_NA_ROUNDS, "an interval needs 6 rounds")                                                   \
    /* the wire */                                                                                 \
    X(T_WIRE, "WIRE: %s, from %s to %s, the kernel's own TCP (%s) and UDP at both ends")           \
    X(T_WIRE_NONE, "WIRE: none: %s.  What follows was measured over loopback; there is nothing "   \
                   "to capture or to draw.")                                                       \
    X(T_WIRE_CARRIED, "%s packets out, %s in; lost %s + %s; the wire itself was late by %s us "    \
                      "(p50), %s us (p99), n %s")                                                  \
    X(T_WIRE_COUNTED, "counted: %s, %s + %s packets, %s + %s B, sent again %s, lost %s%s%s")       \
    X(T_READY_ONE, ": ready after %s round trip, %s ms")                                           \
    X(T_READY, ": ready after %s round trips, %s ms")                                              \
    X(T_LADDER_NOTE, "ms: when a packet was sent, since the first one. After each phase the "      \
                     "client rests until all is quiet, so that its packets can be told from the "  \
                     "next one's: rests are in that column, but not in a phase's own time, nor "   \
                     "are acknowledgements that were held back.")                                  \
    X(T_CONVERSATION, "conversation")                                                              \
    X(T_CONVERSATIONS, "conversations")                                                            \
    X(T_IN_FILE, ": in ")                                                                          \
    /* tables */                                                                                   \
    X(T_ONE_ROUND, "1 round of ")                                                                  \
    X(T_ROUNDS, "%zu rounds of ")                                                                  \
    X(T_N_OF, "%ld %s")                                                                            \
    X(T_S_OF, "%g s of %s")                                                                        \
    X(T_SIZE, ", %zu B")                                                                           \
    X(T_EVERY, " every %ld ms")                                                                    \
    X(T_SUBSCRIBERS, " to %zu subscribers")                                                        \
    X(T_POLL_EVERY, ", poll every %ld ms")                                                         \
    X(T_WORKERS, ", pool of %ld")                                                                  \
    X(T_PIN, ", pin %s")                                                                           \
    X(T_SEED, ", seed %llu")                                                                       \
    X(T_NA, "n/a: ")                                                                               \
    X(T_LIST_RULES, "Ratios are to --baseline: the median, over rounds, of a round's median over " \
                    "the baseline's in the same round; the baseline's own is 1. 95 % is the "      \
                    "exact order-statistics interval of that median.")                             \
    /* conclusions */                                                                              \
    X(T_AGAINST_HANDSHAKE, "Time until ready, against %s")                                         \
    X(T_AGAINST_MESSAGE, "Round trip, against %s")                                                 \
    X(T_AGAINST_PUSH, "Delay of an event, against %s")                                             \
    X(T_AGAINST_FAN_OUT, "Delay until the last subscriber has it, against %s")                     \
    X(T_BASELINE_TIME, "'s %s %s")                                                                 \
    X(T_US, "us")                                                                                  \
    X(T_MS, "ms")                                                                                  \
    X(T_WAITS_FOR_NOTHING, "%s waits for nothing")                                                 \
    X(T_TIMES, "%s %s times (%s to %s)")                                                           \
    X(T_NO_DIFFERENCE, "no difference shown for %s")                                               \
    X(T_NOT_RANKED, "%s not ranked, for it lost %.0f")                                             \
    X(T_BASELINE_LOST, "%s not ranked, for %s, the baseline, lost %.0f")                           \
    X(T_NO_CLAIM, "no claim about %s with fewer than 6 rounds")                                    \
    X(T_NO_BASELINE, "Nothing to compare: %s was not measured.")                                   \
    X(T_ALONE, "Nothing to compare with %s.")                                                      \
    X(T_TRIPS, "What is waited for before the first message")                                      \
    X(T_TRIPS_LINE, ", and what that takes on a line of 40 ms")                                    \
    X(T_TRIPS_OF, "%s %.0f (%s)")                                                                  \
    X(T_TRIPS_MS, ": %s ms")                                                                       \
    X(T_NEW_CONNECTION, "A new connection for each message makes ")                                \
    X(T_SLOWER, "%s %s times as slow (%s to %s)")                                                  \
    X(T_TLS_ADDS, "What TLS adds: ")                                                               \
    X(T_TLS_HANDSHAKE, "%s %s %s (%s to %s) and %.0f round trip")                                  \
    X(T_TLS_ECHO, "%s %s %s (%s to %s) and %.0f bytes")                                            \
    X(T_POLLING, "Polling heard of an event after %s ms on average")                               \
    X(T_POLLING_RULES, " (%s ms by the rules)")                                                    \
    X(T_POLLING_ASKED, ", asked %s times per event, and %.0f of %.0f polls came back empty.")      \
    X(T_FAN_OUT, "From the first to the last of %s subscribers it took ")                          \
    X(T_FAN_OUT_OF, "%s %s over %s")                                                               \
    X(T_OUTRUN, "Events over %s came faster than they could be sent: raise --push-every.")         \
    X(T_IDLE_BOTH, "10,000 such connections would take, user and kernel of the server's end "      \
                   "together: ")                                                                   \
    X(T_IDLE_USER, "10,000 such connections would take, in the server's user space: ")             \
    X(T_IDLE_OF, "%s %s MiB")                                                                      \
    X(T_IDLE_UNSTEADY, "Nothing is claimed: no figures that are known and steady.")                \
    X(T_SERVED_OVER, "Answered over %s ")                                                          \
    X(T_SERVED_AT, "at %s: ")                                                                      \
    X(T_SERVED_BEYOND, "at %s clients, one more than the pool has workers: ")                      \
    X(T_MODEL_SERVED, "%s %s")                                                                     \
    X(T_LATE_PROCESSES, " (could not start enough processes in time here)")                        \
    X(T_LATE_THREADS, " (could not start enough threads in time here)")                            \
    X(T_LATE, " (could not answer all in time here)")                                              \
    X(T_STARVED_ONE, "The pool's one worker belongs")                                              \
    X(T_STARVED, "Each of the pool's %ld workers belongs")                                         \
    X(T_STARVED_REMEDY, " to one connection until that leaves: give it at least as many "          \
                        "--workers as connections stay, or take --model loop.")                    \
    /* warnings: cause, then remedy */                                                             \
    X(W_NO_WIRE, "no wire: %s; measuring over loopback, which has no distance")                    \
    X(W_LATE, "the wire itself was late by %s us (p99), over 5 %% of the way's %s us: leave the "  \
              "machine alone, or take a longer rtt")                                               \
    X(W_WIRE_SETTINGS, "the wire's ends keep the machine's settings (TCP %s, and what one "        \
                       "connection has learnt of the way), for /proc/sys can't be written; "       \
                       "expect other times, or make it writable")                                  \
    X(W_WIRE_LOST, "the wire lost %llu packets that it should have carried: its queues were full; "\
                   "use smaller messages, or fewer at a time")                                     \
    X(W_UNRECORDED, "%llu packets did not fit into the record: counts and the capture lack them; " \
                    "measure less at a time")                                                      \
    X(W_ONE_CPU, "one CPU only: server and client share it; --pin split is not possible, figures " \
                 "are those of --pin same")                                                        \
    X(W_PIN, "--pin %s is not possible here: server and client run wherever the kernel likes; "    \
             "expect wake-ups across CPUs to add noise, use more --rounds")                        \
    X(W_CLOCK, "the clock source is %s, not tsc: reading the clock takes long enough to be seen "  \
               "in small figures; compare ratios, not microseconds")                               \
    X(W_LOAD, "load average %.1f on %ld CPUs: others are working on this machine; stop them or "   \
              "measure again later")                                                               \
    X(W_CONGESTION, "TCP congestion control here is %s, which paces long messages; compare with "  \
                    "machines that have the same one, or set net.ipv4.tcp_congestion_control")     \
    X(W_BUILD, "this is a %s build: figures are slower than the programs are; configure with "     \
               "-DCMAKE_BUILD_TYPE=Release")                                                       \
    X(W_SANITIZED, "this build has sanitizers: figures mean nothing; build without "               \
                   "SOCKLAB_SANITIZE")                                                             \
    X(W_ROUNDS, "--rounds %zu is too few for a 95 %% interval, so no difference will be claimed; " \
                "use --rounds 6 or more")                                                          \
    X(W_SEGMENTS, "messages of %zu bytes travel in larger segments on loopback than on "           \
                  "Ethernet: TCP/IP bytes hold for loopback only; use --size 1400 or less")        \
    X(W_FEW, "idle with --connections %zu: the kernel's caches are the whole machine's, and what " \
             "others do shows in so few; use %u or more")                                          \
    X(W_OVERLAP, "push over %s: the last subscriber hears of an event after %s ms, when the next " \
                 "one, %ld ms later, is under way: they overlap; raise --push-every")              \
    X(W_CUT, "%s over %s: a round ended at %u samples, before its --seconds were over; use fewer") \
    X(W_UNSTEADY, "%s over %s: round medians range from %s to %s us: something else works here; "  \
                  "stop it, or raise --rounds, before you quote these figures")                    \
    X(W_IDLE, "idle over %s: rounds disagree, or the kernel keeps as much when all have left: "    \
              "something else works here; stop it, or use more --connections and --rounds, before "\
              "you quote these figures")                                                           \
    X(W_QUICK, "--quick: few samples, a look and not a result; leave it out for figures to quote") \
    X(W_BASELINE, "%s has no %s to compare with: ratios are missing there; choose another "        \
                  "--baseline or add it to --transports")                                          \
    /* a recorded run */                                                                           \
    X(T_RECORDED, "recorded")                                                                      \
    X(T_RECORDED_CORE, "%ld core")                                                                 \
    X(T_RECORDED_CORES, "%ld cores")                                                               \
    X(T_NA_UNRECORDED, "the recorded run does not have it")                                        \
    X(T_NA_OTHER, "for a reason that the recorded run gives in words of another version")          \
    /* predictions */                                                                              \
    X(T_PREDICTED_HANDSHAKE, "HANDSHAKE: what must come out before the first message can go, and"  \
                             " its reply")                                                         \
    X(T_PREDICTED_MESSAGE, "MESSAGE: what one more message there and back must cost")              \
    X(T_PREDICTED_PUSH, "PUSH: what an event must cost on its way to one subscriber")              \
    X(T_PREDICTED_HOW_HANDSHAKE, "A round trip is an answer that is waited for: TCP's SYN-ACK, "   \
                                 "then TLS's, then HTTP's 101, and the reply is one more. ready "  \
                                 "= round trips x RTT, and on a line with a rate the bytes that "  \
                                 "must leave one after the other. Packets and bytes, out+in, are"  \
                                 " those until ready, acknowledgements included.")                 \
    X(T_PREDICTED_HOW_MESSAGE, "One round trip, in which long messages wait for their bytes to "   \
                               "leave (rate); a new connection begins with its handshake, and "    \
                               "with ten segments: each round trip doubles that. Bytes: payload,"  \
                               " then what is put around it in both directions together.")         \
    X(T_PREDICTED_HOW_PUSH, "Pushed, an event is there after half a round trip; a poll asks for "  \
                            "it, on average half an interval too late, and no more often than "    \
                            "once in a round trip. Packets and bytes are those of one event, "     \
                            "out+in, acknowledgements included.")                                  \
    X(T_PREDICTED_HEAD, "Predicted beside measured, %s")                                           \
    X(T_PREDICTED_LOOPBACK, "over loopback, where times are open")                                 \
    X(T_PREDICTED_NOTE, "(predicted) stands where the figure differs from it, * where it differs"  \
                        " by more than it may: times by 5 % + 2 ms. ready and reply: since the "  \
                        "beginning, other times: of the phase. Packets, bytes: out+in.")           \
    X(T_PREDICTED_NONE, "All %zu figures are as predicted.")                                    \
    X(T_PREDICTED_WRONG, "%zu of %zu figures differ from their prediction by more than they may.") \
    X(W_PREDICTED_TIME, "%s: %s after %s ms, predicted %s ms: the link is not what was said, or "  \
                        "something else works here; compare with `bench wire` and --wire, stop "   \
                        "what else runs, measure again")                                           \
    X(W_PREDICTED_COUNT, "%s: %s is %s, predicted %s: something was sent again, or this kernel "   \
                         "acknowledges otherwise; look at the packets with --wire and --ladder")

#define X(id, en) id,
enum text { TEXTS(X) TEXT_COUNT };
#undef X

/* A printf format where the list shows one. */
const char *text(enum text);

/* Says once and for all why there is no wire: T_NA_WIRE's text from then on. */
void text_set_no_wire(const char *why);

#endif
