// SPDX-License-Identifier: MIT
// pcap.js: captures, as bench/capture reads them: packets, the conversations they belong to, and
// what became of each.  Never trusts the file: what can't be read ends in one CaptureError.
(function () {
  'use strict';

  const most = { bytes: 20 << 20, packets: 20000, kept: 262144, ahead: 1000 };

  class CaptureError extends Error {}
  socklab.CaptureError = CaptureError;

  // --- the classic file format: https://www.tcpdump.org/manpages/pcap-savefile.5.html ---

  const magics = { a1b2c3d4: 1e3, a1b23c4d: 1 };

  function readHead(view) {
    if (view.byteLength < 24)
      throw new CaptureError('no capture: shorter than the head of a pcap file');
    for (const little of [true, false]) {
      const nanoseconds = magics[view.getUint32(0, little).toString(16)];
      if (nanoseconds)
        return { little, nanoseconds, link: view.getUint32(20, little) & 0xffff };
    }
    throw new CaptureError('no classic pcap file (pcapng: editcap -F nsecpcap turns it into one)');
  }

  // Where the IP packet begins behind the link layer's head, or -1.
  function skipLink(link, p) {
    if ([12, 14, 101, 228, 229].includes(link))
      return 0;
    if (link === 0 || link === 108)
      return 4;
    let at = { 1: 14, 113: 16, 276: 20 }[link];
    if (at === undefined)
      throw new CaptureError(`packets of link type ${link} can't be read`);
    let type = link === 276 ? p[0] << 8 | p[1] : p[at - 2] << 8 | p[at - 1];
    for (; link !== 276 && (type === 0x8100 || type === 0x88a8); at += 4) // VLAN tags
      type = p[at + 2] << 8 | p[at + 3];
    return type === 0x0800 || type === 0x86dd ? at : -1;
  }

  // Returns the packets that hold IP: {at: ms since the first, bytes, length}.
  function readPackets(file) {
    if (file.length > most.bytes)
      throw new CaptureError('a capture of more than 20 MB');
    const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
    const { little, nanoseconds, link } = readHead(view);
    const packets = [];
    let first = null;
    for (let at = 24, count = 1; at < file.length; count++) {
      const kept = at + 16 <= file.length ? view.getUint32(at + 8, little) : Infinity;
      if (kept > most.kept || at + 16 + kept > file.length)
        throw new CaptureError(`packet ${count} is cut short`);
      if (count > most.packets)
        throw new CaptureError(`more than ${most.packets} packets`);
      const time = [view.getUint32(at, little), view.getUint32(at + 4, little) * nanoseconds];
      first = first || time;
      const bytes = file.subarray(at + 16, at + 16 + kept), skipped = skipLink(link, bytes);
      if (skipped >= 0 && skipped < kept)
        packets.push({ at: (time[0] - first[0]) * 1e3 + (time[1] - first[1]) / 1e6,
          bytes: bytes.subarray(skipped), length: view.getUint32(at + 12, little) - skipped });
      at += 16 + kept;
    }
    return packets;
  }

  // --- IP, TCP, UDP ---

  const get16 = (p, at) => p[at] << 8 | p[at + 1];
  const get32 = (p, at) => (get16(p, at) << 16 | get16(p, at + 2)) >>> 0;
  const address = (p, from, to) => [...p.subarray(from, to)].join('.');

  // Each returns {protocol, from, to, length, payload}, or null for what is no whole head.
  function decodeIp4(p) {
    const head = 4 * (p[0] & 15);
    if (head < 20 || p.length < head || get16(p, 6) & 0x1fff) // a later fragment has no ports
      return null;
    const length = get16(p, 2) || p.length;
    return { protocol: p[9], from: address(p, 12, 16), to: address(p, 16, 20), length,
      payload: p.subarray(head, length) };
  }

  function decodeIp6(p) {
    if (p.length < 40)
      return null;
    const length = 40 + get16(p, 4);
    let protocol = p[6], at = 40;
    for (let n = 0; n < 8 && [0, 43, 60].includes(protocol) && at + 2 <= p.length; n++) {
      protocol = p[at];
      at += 8 * (p[at + 1] + 1);
    }
    return { protocol, from: address(p, 8, 24), to: address(p, 24, 40), length,
      payload: p.subarray(at, length) };
  }

  function decodeOptions(segment, p) {
    for (let at = 0; at < p.length && p[at] !== 0;) {
      const size = p[at] === 1 ? 1 : p[at + 1];
      if (!(size >= 1) || (size === 1 && p[at] !== 1) || at + size > p.length)
        return; // a malformed option hides those behind it
      if (p[at] === 5)
        for (let block = at + 2; block + 8 <= at + size; block += 8)
          segment.sacks.push([get32(p, block), get32(p, block + 4)]);
      if (p[at] === 8 && size === 10)
        segment.times = [get32(p, at + 2), get32(p, at + 6)];
      at += size;
    }
  }

  const flagNames = [[2, 'SYN'], [1, 'FIN'], [4, 'RST'], [8, 'PSH'], [32, 'URG'], [16, 'ACK'],
    [64, 'ECE'], [128, 'CWR']];

  function decodeTcp(ip) {
    const p = ip.payload, head = 4 * (p[12] >> 4);
    if (p.length < 20 || head < 20 || head > p.length)
      return null;
    const segment = { seq: get32(p, 4), ack: get32(p, 8), bits: p[13], sacks: [], times: null,
      flags: flagNames.filter(([bit]) => p[13] & bit).map(([, name]) => name) };
    decodeOptions(segment, p.subarray(20, head));
    const data = p.subarray(head), size = Math.max(data.length, ip.length - (p.byteOffset -
      ip.whole.byteOffset) - head);
    return { ...ip, ...segment, fromPort: get16(p, 0), toPort: get16(p, 2), data, size };
  }

  function decode(bytes) {
    const version = bytes[0] >> 4;
    const ip = version === 4 ? decodeIp4(bytes) : version === 6 ? decodeIp6(bytes) : null;
    if (!ip)
      return null;
    ip.whole = bytes;
    if (ip.protocol === 6)
      return decodeTcp(ip);
    if (ip.protocol !== 17 || ip.payload.length < 8)
      return null;
    const data = ip.payload.subarray(8);
    return { ...ip, bits: 0, flags: ['UDP'], fromPort: get16(ip.payload, 0),
      toPort: get16(ip.payload, 2), data, size: data.length };
  }

  // --- conversations ---

  const SYN = 2, FIN = 1, RST = 4, ACK = 16;
  const before = (a, b) => ((a - b) | 0) < 0; // sequence numbers wrap around

  function converse(packets) {
    const all = [], newest = new Map();
    packets.forEach((packet) => {
      const s = decode(packet.bytes);
      if (!s)
        return;
      const ends = [`${s.from}:${s.fromPort}`, `${s.to}:${s.toPort}`];
      const key = [s.protocol, ...[...ends].sort()].join();
      let c = newest.get(key);
      const opens = s.protocol === 6 && (s.bits & (SYN | ACK)) === SYN;
      if (!c || (opens && c.packets.length > 0 && c.isn !== s.seq)) {
        c = { protocol: s.protocol, client: (s.bits & (SYN | ACK)) === (SYN | ACK) ? ends[1]
          : ends[0], isn: opens ? s.seq : null, packets: [] };
        newest.set(key, c);
        all.push(c);
      }
      c.packets.push({ ...s, at: packet.at, length: packet.length,
        fromServer: ends[0] !== c.client });
    });
    return all;
  }

  // --- fates, inferred as bench/capture/fate.c does ---

  const span = (x) => (x.protocol !== 6 ? 0 : x.size + (x.bits & SYN ? 1 : 0) +
    (x.bits & FIN ? 1 : 0));
  const end = (x) => (x.seq + span(x)) >>> 0;

  function number(c) {
    const count = [0, 0], top = [null, null];
    c.packets.forEach((x) => {
      const way = x.fromServer ? 1 : 0;
      x.number = `${way ? 's' : 'c'}${++count[way]}`;
      if (x.protocol !== 6 || x.bits & RST)
        return;
      x.again = span(x) > 0 && top[way] !== null && before(x.seq, top[way]);
      if (top[way] === null || before(top[way], end(x)))
        top[way] = end(x);
    });
  }

  const overlap = (a, b) => before(a.seq, end(b)) && before(b.seq, end(a));

  const acknowledges = (ack, x) => Boolean(ack.bits & ACK) && (!before(ack.ack, end(x)) ||
    ack.sacks.some(([from, to]) => before(ack.ack, to) && !before(x.seq, from) &&
      !before(to, end(x))));

  const tellsDuplicate = (ack, x) => ack.sacks.length > 0 && !before(ack.ack, ack.sacks[0][1]) &&
    before(ack.sacks[0][0], end(x)) && before(x.seq, ack.sacks[0][1]);

  function lookAhead(c, i) {
    const x = c.packets[i];
    let again = null;
    for (let j = i + 1; j < c.packets.length && j - i <= most.ahead; j++) {
      const y = c.packets[j];
      if (y.fromServer === x.fromServer)
        again = again || (span(y) > 0 && overlap(x, y) ? y : null);
      else if (acknowledges(y, x))
        return { again, ack: y };
    }
    return { again, ack: null };
  }

  const echoesOlder = (x, ack) => x.times && ack.times && !before(ack.ack, end(x)) &&
    before(ack.times[1], x.times[0]);

  function lost(x, { again, ack }, least, answered) {
    if (!ack)
      return Boolean(again && (answered || x.bits & SYN));
    const canCause = (y) => ack.at >= y.at + least * 7 / 8;
    if (tellsDuplicate(ack, x) || (x.again && (!canCause(x) || echoesOlder(x, ack))))
      return false;
    return Boolean(again && canCause(again) && !echoesOlder(again, ack));
  }

  function judge(c) {
    number(c);
    const quickest = [Infinity, Infinity];
    const sequels = c.packets.map((x, i) => (span(x) > 0 ? lookAhead(c, i) : null));
    c.packets.forEach((x, i) => {
      const after = sequels[i], way = x.fromServer ? 1 : 0;
      if (after && !x.again && after.ack && !after.again && after.ack.at >= x.at)
        quickest[way] = Math.min(quickest[way], after.ack.at - x.at);
    });
    c.packets.forEach((x, i) => {
      const least = quickest[x.fromServer ? 1 : 0];
      const answered = c.packets.some((y) => y.fromServer !== x.fromServer);
      x.lost = sequels[i] !== null && lost(x, sequels[i], least < Infinity ? least : 0, answered);
    });
  }

  // Reads a capture (Uint8Array).  Returns its conversations, in order: {protocol, packets}, each
  // packet {at: ms, number, fromServer, flags, data, size, length, again, lost}; throws
  // CaptureError.
  socklab.readCapture = (file) => {
    const all = converse(readPackets(file));
    all.forEach(judge);
    return all;
  };
}());
