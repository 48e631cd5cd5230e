# SPDX-License-Identifier: MIT
"""wire.py RUN: RUN.pcap as tshark reads it, beside the ladders that the bench drew when it measured
(RUN.out) and from the capture (RUN.again), and beside the figures it reported (RUN.json)."""
import collections
import json
import re
import subprocess
import sys

CLIENT = "198.18.0.1"
FIELDS = """frame.time_epoch frame.len frame.cap_len ip.len ip.src ip.checksum.status ip.proto ip.id
ip.frag_offset ip.flags.mf tcp.stream udp.stream tcp.srcport tcp.dstport udp.srcport udp.dstport
tcp.flags tcp.checksum.status udp.checksum.status tcp.analysis.retransmission tcp.analysis.fast_retransmission
tcp.analysis.spurious_retransmission tcp.analysis.out_of_order""".split()
FLAGS = ((2, "SYN"), (1, "FIN"), (4, "RST"), (8, "PSH"), (32, "URG"), (16, "ACK"))
PACKET = re.compile(r" *([0-9.]+) ([cs])([0-9]+) +(.{16}) +([0-9]+)(  .*)?")
RULE = re.compile(r"-- (?:([a-z ]+): )?.*?([0-9]+) \+ ([0-9]+) packets, ([0-9]+) \+ ([0-9]+) B(.*)")
WHERE = re.compile(r"client 198\.18\.0\.1:([0-9]+), server 198\.18\.0\.2:([0-9]+)")
EVENTS = 2  # that a push's phase is counted over
FIRST = {}  # by a datagram's way and id: whose it is

Frame = collections.namedtuple("Frame", "way ns len again flags stream")
Line = collections.namedtuple("Line", "ms way number flags len lost again phase")


def frame_of(row):
    """A frame, and the ports of client and server."""
    get = dict(zip(FIELDS, row)).get
    tcp = get("ip.proto") == "6"
    layer = "tcp" if tcp else "udp"
    assert get("frame.len") == get("frame.cap_len") == get("ip.len"), row
    assert get("ip.checksum.status") == "1", row  # good
    later, parts = get("ip.frag_offset") != "0", get("ip.flags.mf") in ("1", "True")
    assert later or parts or get(layer + ".checksum.status") == "1", row
    seconds, fraction = get("frame.time_epoch").split(".")
    assert len(fraction) == 9
    flags = int(get("tcp.flags") or "0", 16)
    # Out of order is what tshark calls a repetition that comes within a round trip: this capture is
    # the senders', in their order.
    again = any(get("tcp.analysis." + kind) for kind in (
        "retransmission", "fast_retransmission", "spurious_retransmission", "out_of_order"))
    way = 0 if get("ip.src") == CLIENT else 1
    ports = get(layer + ".srcport"), get(layer + ".dstport")
    names = ",".join(name for bit, name in FLAGS if flags & bit) if tcp else "UDP"
    stream, ports = (layer, get(layer + ".stream")), ports[::-1] if way else ports
    if later:  # it has no ports: they are the first one's
        names, stream, ports = "fragment", *FIRST[way, get("ip.id")]
    FIRST[way, get("ip.id")] = stream, ports
    return Frame(way, int(seconds + fraction), int(get("frame.len")), again, names, stream), ports


def read_capture(path):
    """All frames, and those of each conversation by its ports."""
    command = ["tshark", "-n", "-r", path, "-T", "fields", "-E", "separator=/t",
               "-o", "ip.defragment:FALSE"]
    for layer in "ip", "tcp", "udp":
        command += ["-o", layer + ".check_checksum:TRUE"]
    for field in FIELDS:
        command += ["-e", field]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    frames, conversations, streams = [], {}, {}
    for row in out.stdout.decode().splitlines():
        frame, ports = frame_of(row.split("\t"))
        assert streams.setdefault(frame.stream, ports) == ports
        frames.append(frame)
        conversations.setdefault(ports, []).append(frame)
    assert len(streams) == len(conversations)
    assert any(frame.ns % 1000 for frame in frames), "the times are in us"
    return frames, conversations


def read_ladders(path):
    """[title, ports, packets' lines, rules] of each ladder."""
    ladders, before, phase = [], "", None  # a rule may take two lines
    for line in open(path, encoding="ascii"):
        line = line.rstrip("\n")
        assert len(line) <= 80, line
        where, packet, rule = WHERE.fullmatch(line), PACKET.fullmatch(line), RULE.fullmatch(line)
        if where:
            ladders.append((before, where.groups(), [], []))
            phase = None
        elif packet and ladders:
            ms, side, number, arrow, size, words = packet.groups()
            way, words = "cs".index(side), (words or "").strip()
            assert arrow.strip()[way - 1] in (">x", "<x")[way] and len(arrow) == 16, line
            ladders[-1][2].append(Line(float(ms), way, int(number), arrow.strip(" -<>x"), int(size),
                                       "x" in arrow, words.startswith("again"), phase))
            assert ("x" in arrow) == bool(re.match("(again, )?lost", words)), line
        elif rule and ladders:
            phase = rule[1]
            ladders[-1][3].append(list(rule.groups()))
        elif line.startswith("-- ") and before.startswith("-- "):
            ladders[-1][3][-1][-1] += line
        before = line
    return ladders


def check_lines(lines, frames):
    """One line for each frame, and it says the same."""
    assert len(lines) == len(frames), (len(lines), len(frames))
    count = [0, 0]
    for line, frame in zip(lines, frames):
        count[frame.way] += 1
        assert line.way == frame.way and line.number == count[frame.way], (line, frame)
        assert line.flags == frame.flags and line.len == frame.len, (line, frame)
        assert line.again == frame.again, (line, frame)
        ms = (frame.ns - frames[0].ns) / 1e6
        assert abs(line.ms - ms) < 0.000501, (line, ms)


def sums(frames):
    """Packets, bytes and repetitions, each way."""
    ways = [[f for f in frames if f.way == way] for way in (0, 1)]
    return [[len(way) for way in ways], [sum(f.len for f in way) for way in ways],
            [sum(f.again for f in way) for way in ways]]


def check_rule(rule, frames, lines):
    packets, size, again = sums(frames)
    said = lambda word: int((re.search("([0-9]+) " + word, rule[5]) or "00")[1])
    assert [int(n) for n in rule[1:5]] == packets + size, (rule, packets, size)
    assert said("sent again") == sum(again), rule
    assert said("lost") == sum(line.lost for line in lines), rule


def check_phases(rows, title, lines, frames, rules):
    """What the report says of each phase, and the whole conversation's."""
    measure, transport, resumed = re.match(r"(\w+): ([\w-]+)( resumed)? over ", title).groups()
    of = lambda metric: [row for row in rows if (row["measure"], row["transport"], row["metric"]) ==
                         (measure, transport, metric) and
                         (row["params"].get("tls") == "resumed") == bool(resumed)]
    pairs = list(zip(lines, frames))
    events = EVENTS if measure == "push" else 1
    drawn = {rule[0]: rule for rule in rules}
    for phase in ("push",) if measure == "push" else "connect tls upgrade message close".split():
        inside = [pair for pair in pairs if pair[0].phase == phase]
        packets, size, again = sums([frame for _, frame in inside])
        expected = dict(packets_out=packets[0], packets_in=packets[1], bytes_out=size[0],
                        bytes_in=size[1], retransmissions=sum(again))
        for name, value in expected.items():
            row, = of(f"{phase}_{name}")
            assert row.get("value", 0) * events == value, (title, phase, name, row, value)
            assert "na" not in row or phase not in drawn, row
        if phase in drawn:  # what is last and of no packets is not
            check_rule(drawn[phase], [frame for _, frame in inside], [line for line, _ in inside])
    if measure == "handshake":  # its phases are the whole conversation
        assert "after that" not in drawn and "before" not in drawn, title
    check_rule(rules[-1] if not rules[-1][0] else drawn[None], frames, lines)


def check_farewell(frames):
    """Both ends said that they were done, and the last of that was acknowledged."""
    for way in 0, 1:
        assert any(frame.way == way and "FIN" in frame.flags for frame in frames), frames
    assert frames[-1].flags == "ACK", frames


def main(run):
    frames, conversations = read_capture(run + ".pcap")
    doc = json.load(open(run + ".json"))
    live, drawn = read_ladders(run + ".out"), read_ladders(run + ".again")
    assert sorted(l[1] for l in live) == sorted(l[1] for l in drawn) == sorted(conversations)
    for _, ports, lines, _ in live + drawn:
        check_lines(lines, conversations[ports])
    for title, ports, lines, rules in live:
        check_phases(doc["rows"], title, lines, conversations[ports], rules)
    counted = doc["wire"]["counted"]
    lost = [sum(line.lost for _, _, lines, _ in live for line in lines if line.way == way)
            for way in (0, 1)]
    assert counted == dict(zip(("packets", "bytes", "retransmissions"), sums(frames)),
                           conversations=len(conversations), dropped=lost), counted
    spec = doc["wire"]["spec"]
    if "," not in spec:  # or a rest may not be long enough
        for ports in conversations:
            if conversations[ports][0].stream[0] == "tcp":
                check_farewell(conversations[ports])
    assert bool(sum(lost)) == ("drop=" in spec or "loss=" in spec), (spec, lost)
    # A slow acknowledgement may have a segment sent again that was never lost.
    assert sum(sums(frames)[2]) or not sum(lost), spec
    assert bool(sum(doc["wire"]["reordered"])) == ("reorder=" in spec), spec
    print(f"{spec}: {len(frames)} packets in {len(conversations)} conversations, {sum(lost)} lost, "
          f"{sum(sums(frames)[2])} sent again: as tshark says")


main(sys.argv[1])
