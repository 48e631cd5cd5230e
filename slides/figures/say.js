// SPDX-License-Identifier: MIT
// say.js: what each packet of a conversation carries, in its protocol's words, and the phase it
// belongs to, as `bench ladder` tells them.  Shorter: slides have less room than terminals.
(function () {
  'use strict';

  const most = { held: 1 << 20, quoted: 24 };
  const ascii = (bytes) => String.fromCharCode(...bytes.subarray(0, 4096));

  function quote(bytes) {
    const text = new TextDecoder().decode(bytes.subarray(0, 200)).replace(/\s+$/, '')
      .replace(/[^\x20-\x7e\u00a0-\uffff]/g, '.').replace(/^(tick \d+) \d{9,}$/, '$1 …');
    if (/^(.)\1{24,}$/.test(text))
      return `${bytes.length} B`;
    return text.length > most.quoted ? `"${text.slice(0, 8)}…" ${bytes.length} B` : `"${text}"`;
  }

  // A describing function takes what is held of one direction and returns {size, words, phase},
  // or null when it needs more.  talk is the conversation's: {fromServer, upgraded, ...}.

  function raw(talk, p) {
    return { size: p.length, words: quote(p) };
  }

  // --- TLS: RFC 8446 5.1 ---

  const hasPsk = (p, talk) => { // pre_shared_key among the extensions of this hello: resumption
    let at = 43 + 1 + p[43];
    at += talk.fromServer ? 3 : 2 + (p[at] << 8 | p[at + 1]);
    at += talk.fromServer ? 0 : 1 + p[at];
    for (at += 2; at + 4 <= p.length; at += 4 + (p[at + 2] << 8 | p[at + 3]))
      if (p[at] === 0 && p[at + 1] === 41)
        return true;
    return false;
  };

  function hello(talk, p) {
    const name = { 1: 'ClientHello', 2: 'ServerHello' }[p[5]];
    if (name === 'ServerHello')
      talk.resumed = hasPsk(p, talk);
    return name || 'handshake';
  }

  function tls(talk, p) {
    if (p.length < 5)
      return null;
    const size = 5 + (p[3] << 8 | p[4]);
    if (p.length < size)
      return { need: size };
    if (p[0] === 22)
      return { size, words: hello(talk, p.subarray(0, size)), phase: 'tls' };
    if (p[0] === 20)
      return { size, words: 'ChangeCipherSpec', phase: 'tls' };
    if (p[0] === 21)
      return { size, words: 'alert', phase: 'close' };
    if (!talk.fromServer)
      talk.secrets.push(size - 5);
    return { size, words: `encrypted ${size - 5} B`, phase: talk.secrets.length < 2 ? 'tls'
      : 'message', secret: true };
  }

  // --- WebSocket: RFC 6455 5.2 ---

  const opcodes = { 0: 'continuation', 1: 'text', 2: 'binary', 8: 'close', 9: 'ping', 10: 'pong' };

  function frame(talk, p) {
    const short = p[1] & 127, head = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    const masked = p[1] >> 7, body = head + 4 * masked;
    if (p.length < 2 || p.length < body)
      return null;
    const size = p.subarray(2, head).reduce((n, byte) => n * 256 + byte, 0) ||
      (head === 2 ? short : 0);
    if (p.length < body + size)
      return { need: body + size };
    const data = p.slice(body, body + size).map((byte, i) =>
      (masked ? byte ^ p[head + i % 4] : byte));
    const name = opcodes[p[0] & 15] || `opcode ${p[0] & 15}`;
    const what = name === 'close' && size >= 2 ? ` ${data[0] << 8 | data[1]}`
      : name === 'text' && size > 0 && size <= most.quoted ? ` ${quote(data)}` : ` ${size} B`;
    return { size: body + size, words: `${name}${what}${masked ? ' masked' : ''}`,
      phase: name === 'close' ? 'close' : 'message' };
  }

  // --- HTTP: RFC 9112 ---

  function headOf(p) {
    const text = ascii(p), end = text.indexOf('\r\n\r\n');
    if (end < 0)
      return null;
    const field = (name) => (text.slice(0, end).match(
      new RegExp(`^${name}:[ \\t]*(.*?)[ \\t]*$`, 'im')) || [])[1] || '';
    return { line: text.slice(0, text.indexOf('\r\n')), size: end + 4, field };
  }

  function httpPhase(talk, head) {
    if (/^101$/.test(head.line.split(' ')[1]) && talk.fromServer)
      talk.upgraded = true;
    const asks = !talk.fromServer && /websocket/i.test(head.field('Upgrade'));
    talk.asked = talk.asked || asks;
    return asks || talk.upgraded ? 'upgrade' : 'message';
  }

  function nameHead(talk, head) {
    if (talk.fromServer)
      return head.line.replace(/^HTTP\/\S+ /, '');
    const words = head.line.replace(/ HTTP\/\S+$/, '');
    const path = words.split(' ')[1] || '';
    talk.path = talk.path || path.replace(/\?.*/, '');
    talk.closes = talk.closes || /close/i.test(head.field('Connection'));
    return words + (/websocket/i.test(head.field('Upgrade')) ? ' Upgrade' : '');
  }

  // An event of a stream of server-sent events, in its chunk.
  function chunk(p) {
    const text = ascii(p), line = text.indexOf('\r\n');
    const size = parseInt(text.slice(0, Math.max(0, line)), 16);
    if (line < 0)
      return null;
    if (!(size >= 0))
      return raw(null, p);
    if (p.length < line + size + 4)
      return { need: line + size + 4 };
    return eventOf(p.subarray(line + 2, line + 2 + size), line + size + 4);
  }

  function eventOf(bytes, size) {
    const data = ascii(bytes).match(/^data: ?(.*)$/m);
    const words = data ? `event ${quote(new TextEncoder().encode(data[1]))}` : 'no event';
    return { size, words, phase: 'message' };
  }

  function http(talk, p) {
    if (talk.upgraded)
      return frame(talk, p);
    if (talk.streams && talk.fromServer)
      return talk.streams === 'chunked' ? chunk(p) : eventOf(p, p.length);
    const head = headOf(p);
    if (!head)
      return null;
    const body = Math.min(Number(head.field('Content-Length')) || 0, most.held);
    if (p.length < head.size + body)
      return { need: head.size + body };
    const phase = httpPhase(talk, head), words = nameHead(talk, head);
    if (talk.fromServer && /event-stream/.test(head.field('Content-Type')))
      talk.streams = head.field('Transfer-Encoding') || 'plain';
    const content = body > 0 ? ` ${quote(p.subarray(head.size, head.size + body))}` : '';
    return { size: head.size + body, words: words + content, phase };
  }

  // --- a conversation ---

  const protocolOf = (p) => (p[0] === 22 ? tls
    : /^[A-Z]{3,7} \S+ HTTP\/1/.test(ascii(p.subarray(0, 200))) ? http : raw);

  const newHalf = () => ({ next: null, held: new Uint8Array(0), parts: [], lost: false });

  function join(a, b) {
    const both = new Uint8Array(a.length + b.length);
    both.set(a);
    both.set(b, a.length);
    return both;
  }

  // A step is named on the packet that completes it; those before it learn what they are part of.
  function share(half, step) {
    for (let left = step.size; left > 0 && half.parts.length > 0;) {
      const part = half.parts[0], taken = Math.min(left, part.left);
      left -= taken;
      part.left -= taken;
      part.packet.said.push({ ...step, words: left > 0 ? `${taken} of ${step.size} B: ${step.words}`
        : step.words });
      if (part.left === 0)
        half.parts.shift();
    }
    half.held = half.held.subarray(step.size);
  }

  function tell(talk, half, packet, bytes) {
    talk.fromServer = packet.fromServer;
    talk.describe = talk.describe || protocolOf(bytes);
    half.held = join(half.held, bytes);
    half.parts.push({ packet, left: bytes.length });
    while (half.held.length > 0) {
      const step = half.lost ? raw(talk, half.held) : talk.describe(talk, half.held);
      if (step && step.size > 0)
        share(half, step);
      else if (half.held.length > most.held || (step && step.need > most.held))
        half.lost = true;
      else
        return;
    }
  }

  // What a packet brings that is new to its stream; packets that overtook others are told as they
  // come, for what they are part of is not known.
  function follow(talk, halves, packet) {
    const half = halves[packet.fromServer ? 1 : 0];
    const from = (packet.seq + (packet.bits & 2 ? 1 : 0)) >>> 0;
    if (half.next === null)
      half.next = from;
    const old = (half.next - from) | 0;
    if (packet.size === 0 || old >= packet.size)
      return;
    if (old < 0 || packet.data.length < packet.size)
      half.lost = true;
    half.next = (from + packet.size) >>> 0;
    tell(talk, half, packet, packet.data.subarray(Math.max(0, old)));
  }

  function nameDatagram(bytes) {
    const text = ascii(bytes), number = /^0*(\d+) /.exec(text);
    if (/^subscribe\d{16}/.test(text))
      return /^subscribe0{16}/.test(text) ? 'subscribe, no token' : 'subscribe, with token';
    return number && bytes.length > most.quoted ? `message ${number[1]}, ${bytes.length} B`
      : quote(bytes);
  }

  function datagram(packet) {
    packet.said.push({ words: nameDatagram(packet.data), phase: 'message' });
  }

  const secure = (names, talk) => {
    const fits = names.filter((name) => /^(tls|wss|https)/.test(name));
    const request = talk.secrets[1] || 0; // behind Finished: an Upgrade is longer than a message
    return fits.length === 1 ? fits[0] : request > 150 && fits.includes('wss') ? 'wss' : 'tls';
  };

  function transportOf(c, talk, names) {
    if (c.protocol === 17)
      return 'udp';
    if (talk.describe === tls)
      return secure(names, talk);
    if (talk.describe !== http)
      return 'tcp';
    const paths = { '/poll': 'poll', '/long-poll': 'long-poll', '/events': 'sse' };
    return talk.asked ? 'ws' : paths[talk.path] || (talk.closes ? 'http-close' : 'http-keep-alive');
  }

  // Secret phases, from outside: what a wss client asks first is its upgrade; who ends, closes.
  function unveil(c, transport) {
    let asked = 0;
    c.packets.forEach((x) => {
      if (!x.said.some((step) => step.secret) || x.phase !== 'message')
        return;
      asked += x.fromServer ? 0 : 1;
      if (transport === 'wss' && asked === 1)
        x.phase = 'upgrade';
      if (x.said.every((step) => step.secret && step.size - 5 <= 26))
        x.phase = 'close';
    });
  }

  function phases(c, transport) {
    c.packets.forEach((x) => {
      const said = x.said.length > 0 ? x.said[x.said.length - 1].phase || 'message' : null;
      x.bare = c.protocol === 6 && !x.said.length && !(x.bits & 7) && x.size === 0;
      x.phase = x.bits & 2 ? 'connect' : said || (x.bits & 5 ? 'close' : null);
    });
    unveil(c, transport);
    let last = 'connect';
    c.packets.forEach((x) => {
      x.phase = x.phase || last;
      last = x.phase;
    });
  }

  function finish(x, originals) {
    const flags = x.flags.filter((flag) => flag !== 'PSH');
    const secret = x.said.filter((step) => step.secret);
    const open = x.said.filter((step) => !step.secret).map((step) => step.words);
    const merged = open.filter((words) => words !== 'ChangeCipherSpec' || x.said.length === 1);
    if (secret.length > 0)
      merged.push(secret.length === 1 ? secret[0].words
        : `encrypted ${secret.reduce((sum, step) => sum + step.size - 5, 0)} B`);
    if (x.bits & 1 && merged.length > 0)
      merged.push('FIN');
    x.words = merged.join('; ') || flags.join(' ');
    const key = `${x.fromServer} ${x.seq}`;
    if (x.again && x.said.length === 0 && originals.has(key)) {
      x.words = originals.get(key).words;
      x.phase = originals.get(key).phase;
    }
    if (x.protocol === 6 && !x.again && x.size > 0)
      originals.set(key, x);
  }

  // Adds words, phase and bare (a pure ACK) to a conversation's packets, and to the conversation
  // its transport, as far as its content tells among these names.
  socklab.say = (c, names) => {
    const talk = { secrets: [] }, halves = [newHalf(), newHalf()], originals = new Map();
    c.packets.forEach((x) => {
      x.said = [];
      if (c.protocol === 17)
        datagram(x);
      else
        follow(talk, halves, x);
    });
    c.transport = transportOf(c, talk, names);
    c.resumed = Boolean(talk.resumed);
    phases(c, c.transport);
    c.packets.forEach((x) => finish(x, originals));
  };
}());
