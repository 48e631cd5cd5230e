// SPDX-License-Identifier: MIT
// ladder.js: packet ladders: two life lines, time going down to scale, one arrow a packet.
//
// For other scripts (runs.js, figures.js, pcap.js and say.js come before):
//   socklab.conversations(run)      run is socklab.run(NAME); returns its capture's conversations:
//       [{transport, resumed, protocol, oneWay, packets: [packet...]}], as captured
//       packet {at, arrives: ms since the conversation's first packet, the bench's pauses left out;
//               clock: the same with them; told: which of both is written; number: 'c1';
//               fromServer; flags: ['SYN', ...]; length: bytes of the IP packet;
//               words: 'GET /echo Upgrade'; phase: connect, tls, upgrade, message or close;
//               bare: a pure ACK; unplaced: one during a pause, not drawn; lost; again;
//               pause: ms left out before it, or 0}
//   socklab.pickConversation(run, 'wss:tls=resumed')   one of them, or throws
//   socklab.ladderPackets(conversation, {part: 'connect tls', packets: '1..8'})   some packets
//   socklab.drawLadder(container, packets, options)    draws one ladder in place of what is there
//       options {title, width: 560, height: 480,
//                until: ms at the bottom (the last arrival); the same for ladders side by side
//                now: ms; what happens later is not drawn, what is under way ends there
//                say: false leaves the words out}
//   socklab.laddersEnd([packets...])    the `until` that all of these fit
// Redrawing is cheap: call drawLadder again to animate.
(function () {
  'use strict';

  const { svg, svgText, textWidth } = socklab;
  const spacing = 25, size = 20;

  // --- conversations with times ---

  function quickest(c, fromServer) {
    const times = c.packets.map((x, i) => {
      const answer = c.packets.slice(i + 1, i + 50).find((y) => y.fromServer !== x.fromServer);
      return x.fromServer === fromServer && answer ? answer.at - x.at : Infinity;
    });
    return Math.min(...times);
  }

  // Both ends of our wire share a clock; of a capture made at one end, no way can be told.  No
  // packet arrives later than what answers it leaves.
  function oneWayOf(c, run) {
    if (run.json && run.json.wire)
      return run.json.wire.rtt_ms / 2;
    const there = quickest(c, false), back = quickest(c, true);
    const least = Math.min(there, back);
    return there + back < Infinity && least > (there + back) / 4 ? least : 0;
  }

  // What the server says behind the client's Finished (tickets), nobody waits for.
  const awaited = (x, asked) => !x.bare && !(x.fromServer && x.phase === 'tls' && asked);

  // The bench waits between two phases until all is quiet: that is nobody's time, and not in its
  // figures either.  A wait within a phase (for an event) is shortened, its length written there.
  // What a timer waits for, before sending again, is somebody's.  Between two phases nothing else
  // takes so long, however far away the other end is.
  function leavePausesOut(c) {
    const within = Math.max(60, 5 * c.oneWay), start = c.packets[0].at;
    let left = 0, quietSince = 0, finished = false, phase = null;
    c.packets.forEach((x) => {
      x.clock = x.at - start;
      const idle = x.clock - quietSince, least = x.phase === phase ? within : 60;
      x.pause = idle > least && !x.again && !x.bare ? idle : 0;
      x.wait = x.pause > 0 && x.phase === phase && x.phase === 'message';
      left += x.wait ? x.pause - 2 * c.oneWay : x.pause;
      phase = x.bare ? phase : x.phase;
      x.at = x.clock - left;
      x.arrives = x.at + c.oneWay;
      finished = finished || (!x.fromServer && x.said.some((step) => step.secret));
      if (awaited(x, finished))
        quietSince = x.clock + (x.fromServer ? c.oneWay : 0);
      else if (x.bare && x.phase === 'connect')
        quietSince = x.clock;
    });
    c.waits = c.packets.some((x) => x.wait);
    c.packets.forEach((x) => {
      x.told = c.waits ? x.clock : x.at;
    });
    let next = Infinity; // an ACK that came during a pause has no place
    [...c.packets].reverse().forEach((x) => {
      x.unplaced = x.bare && x.at > next + 0.001;
      next = x.bare ? next : x.at;
    });
  }

  function bytesOf(pcap64) {
    const text = atob(pcap64);
    return Uint8Array.from(text, (c) => c.charCodeAt(0));
  }

  socklab.conversations = (run) => {
    if (!run.capture) {
      if (!run.bytes && !run.pcap64)
        throw new Error(`no such figure: ${run.name} has no capture`);
      const names = run.json ? [...new Set(run.json.rows.map((row) => row.transport))] : ['wss'];
      const all = socklab.readCapture(run.bytes || bytesOf(run.pcap64));
      all.forEach((c) => {
        socklab.say(c, names);
        c.oneWay = oneWayOf(c, run);
        leavePausesOut(c);
      });
      run.capture = all;
    }
    return run.capture;
  };

  socklab.pickConversation = (run, of) => {
    const { transport, params } = socklab.subject(of);
    const all = socklab.conversations(run).filter((c) => c.transport === transport &&
      (!params.tls || c.resumed === (params.tls === 'resumed')));
    const found = all[Number(params.nth || 1) - 1];
    if (!found)
      throw new Error(`no such figure: no conversation ${of} in the capture of ${run.name}`);
    return found;
  };

  socklab.ladderPackets = (c, { part, packets } = {}) => {
    const parts = (part || '').split(/\s+/).filter(Boolean);
    const [from, to] = (packets || '').split('..').map(Number);
    const some = c.packets.filter((x, i) => (parts.length === 0 || parts.includes(x.phase)) &&
      (!packets || (i + 1 >= from && i + 1 <= (to || from))));
    if (some.length === 0)
      throw new Error(`no such figure: no packets of ${part || packets}`);
    const start = some[0].at, told = some[0].told;
    return some.filter((x) => !x.unplaced).map((x, i) => ({ ...x, at: x.at - start,
      arrives: x.arrives - start, told: x.told - told, pause: i === 0 ? 0 : x.pause }));
  };

  socklab.laddersEnd = (ladders) => Math.max(0.001, ...ladders.flat().map((x) => x.arrives));

  // --- phases: from the first packet to the last answer, and how often the client waited ---

  function phasesOf(packets) {
    const found = [];
    packets.filter((x) => x.phase !== 'close').forEach((x) => {
      let phase = found[found.length - 1];
      if (!phase || phase.name !== x.phase) {
        phase = { name: x.phase, from: x.at, to: x.at, trips: 0, asked: false, loss: false };
        found.push(phase);
      }
      phase.loss = phase.loss || x.lost;
      if (x.lost || !awaited(x, phase.secret))
        return;
      phase.secret = phase.secret || (!x.fromServer && x.said.some((step) => step.secret));
      phase.to = Math.max(phase.to, x.fromServer ? x.arrives : x.at);
      phase.trips += x.fromServer && phase.asked ? 1 : 0;
      phase.asked = !x.fromServer;
    });
    return found;
  }

  const names = { connect: '연결', tls: 'TLS', upgrade: '업그레이드', message: '메시지' };

  function phaseLabels(phase) {
    const en = phase.name === 'tls' ? 'TLS' : phase.name, ko = names[phase.name];
    const n = phase.trips, lossEn = phase.loss ? ' + loss' : '', lossKo = phase.loss ? ' + 손실' : '';
    return n === 0 ? [[en, ko]]
      : [[`${en}: ${n} RTT${lossEn}`, `${ko}: 왕복 ${n}번${lossKo}`],
        [`${n} RTT${lossEn}`, `왕복 ${n}${lossKo}`]];
  }

  // --- drawing ---

  // Moves labels apart, downwards, then back up from the bottom.
  function spread(labels, bottom) {
    let least = -Infinity;
    labels.sort((a, b) => Math.round(a.wish) - Math.round(b.wish)).forEach((label) => {
      label.y = Math.max(label.wish, least);
      least = label.y + spacing;
    });
    let greatest = bottom;
    [...labels].reverse().forEach((label) => {
      label.y = Math.min(label.y, greatest);
      greatest = label.y - spacing;
    });
    return labels;
  }

  const milliseconds = (ms) => (ms < 0.0005 ? '0' : socklab.number(ms));

  function arrow(x, at) {
    const from = x.fromServer ? at.right : at.left, to = x.fromServer ? at.left : at.right;
    const whole = x.arrives > x.at ? Math.min(1, (at.now - x.at) / (x.arrives - x.at)) : 1;
    const share = x.lost ? Math.min(whole, 0.55) : whole;
    const end = from + (to - from) * share;
    const y1 = at.y(x.at), y2 = y1 + (at.y(x.arrives) - y1) * share;
    const turn = Math.atan2(y2 - y1, end - from) * 180 / Math.PI;
    const tip = x.lost ? svgText(end, y2 + 8, '✗', { 'text-anchor': 'middle', 'font-size': 26,
      class: 'lost' })
      : svg('path', { d: 'M0 0L-12 -5V5Z', transform: `translate(${end} ${y2}) rotate(${turn})` });
    return svg('g', { class: `packet ${x.phase}${x.bare ? ' bare' : ''}` },
      svg('line', { x1: from, y1, x2: end, y2 }), tip);
  }

  // In both languages; what the packet carries is the protocol's words.
  function wordsOf(x) {
    const fate = x.lost ? ['lost: ', '손실: '] : x.again ? ['again: ', '재전송: '] : ['', ''];
    return fate.map((one) => one + x.words);
  }

  function fit(text, room) {
    if (textWidth(text, size) <= room)
      return text;
    let n = text.length;
    while (n > 1 && textWidth(`${text.slice(0, n)}…`, size) > room)
      n--;
    return `${text.slice(0, n)}…`;
  }

  // Words beside the server's line where there is room for them, else upon the arrows.
  function drawWords(packets, at, bottom) {
    const labels = packets.filter((x) => !x.bare || x.phase === 'connect' ||
      (at.beside && packets.length < 14))
      .map((x) => ({ x, wish: at.y(at.beside ? (x.fromServer ? x.at : x.arrives)
        : (x.at + x.arrives) / 2) + (at.beside ? 7 : -4) }));
    return spread(labels, bottom).flatMap(({ x, wish, y }) => {
      const middle = (at.left + at.right) / 2;
      const room = at.beside ? at.wordsRoom : at.right - at.left + 14;
      const texts = socklab.svgBoth(at.beside ? at.right + 34 : middle, y,
        wordsOf(x).map((one) => fit(one, room)),
        { 'font-size': size, 'text-anchor': at.beside ? 'start' : 'middle', class: 'halo' });
      const leader = svg('path', { d: `M${at.right + 4} ${wish - 7}L${at.right + 30} ${y - 7}`,
        class: 'leader' });
      return at.beside ? [leader, ...texts] : texts;
    });
  }

  function drawTimes(packets, at, bottom) {
    const seen = new Set();
    const labels = packets.filter((x) => !x.lost && !x.bare).map((x) => ({
      text: milliseconds(x.told + (x.fromServer ? x.arrives - x.at : 0)),
      wish: at.y(x.fromServer ? x.arrives : x.at) + 7 }))
      .filter(({ text }) => !seen.has(text) && seen.add(text)).sort((a, b) => a.wish - b.wish);
    return spread(labels, bottom).flatMap(({ text, wish, y }) => [
      svg('path', { d: `M${at.left - 4} ${wish - 7}L${at.left - 20} ${y - 7}`, class: 'leader' }),
      svgText(at.left - 24, y, text, { 'text-anchor': 'end', 'font-size': size }),
    ]);
  }

  function drawPhases(packets, at) {
    return phasesOf(packets).flatMap((phase) => {
      const top = at.y(phase.from), bottom = at.y(phase.to), x = at.phases + 20;
      const middle = (top + bottom) / 2;
      const turned = { transform: `rotate(-90 ${at.phases + 12} ${middle})`,
        'text-anchor': 'middle', 'font-size': size, class: `phase ${phase.name}` };
      const words = phaseLabels(phase).find(([en]) => textWidth(en, size) < bottom - top + 16);
      return [svg('path', { d: `M${x + 6} ${top + 2}H${x}V${bottom - 2}H${x + 6}`,
        class: `bracket ${phase.name}` }),
      ...(words ? socklab.svgBoth(at.phases + 12, middle, words, turned) : [])];
    });
  }

  function drawPauses(packets, at) {
    return packets.filter((x) => x.pause > 0).flatMap((x) => {
      const y = at.y(x.at) - 3;
      const mark = (line) => `M${line - 8} ${y}l8 -5v10l8 -5`;
      return [svg('path', { d: mark(at.left) + mark(at.right), class: 'pause' }),
      ...(x.wait ? [svgText((at.left + at.right) / 2, at.y(x.at - (x.arrives - x.at)) + 6,
        `⋯ ${milliseconds(x.pause)} ms`, { 'font-size': size, 'text-anchor': 'middle' })] : [])];
    });
  }

  function drawLines(at, options) {
    const line = (x) => svg('line', { x1: x, x2: x, y1: at.top - 4, y2: at.bottom + 4,
      class: 'life' });
    const head = { 'text-anchor': 'middle', 'font-size': size };
    return [line(at.left), line(at.right),
      ...socklab.svgBoth(at.left - 8, at.top - 20, ['client', '클라이언트'],
        { ...head, 'text-anchor': 'start' }),
      ...socklab.svgBoth(at.right + (at.beside ? 30 : 18), at.top - 20, ['server', '서버'],
        { ...head, 'text-anchor': 'end' }),
      svgText((at.left + at.right) / 2, at.title, options.title || '',
        { ...head, 'font-size': 24, 'font-weight': 'bold' }),
      svgText(at.left - 24, at.top - 20, 'ms', { ...head, 'text-anchor': 'end' })];
  }

  function layout(options, until) {
    const { width, height } = options, beside = width >= 760 && options.say !== false;
    const narrow = width < 400; // then the title has a line of its own
    const top = narrow ? 72 : 46, bottom = height - 14, left = 112;
    const right = beside ? Math.round(width * 0.5) : width - 20;
    return { top, bottom, left, right, beside,
      title: narrow ? top - 46 : top - 20, wordsRoom: width - right - 40, phases: 3,
      now: options.now === undefined ? Infinity : options.now,
      y: (ms) => top + Math.max(0, ms) / until * (bottom - top) };
  }

  const told = (packets) => packets.filter((x) => !x.bare).map((x) =>
    `${milliseconds(x.told)} ms ${x.fromServer ? 'server' : 'client'}: ${wordsOf(x)[0]}`).join('; ');

  function ladder(packets, given) {
    const options = { width: 560, height: 480, ...given };
    const at = layout(options, options.until || socklab.laddersEnd([packets]));
    const shown = packets.filter((x) => x.at <= at.now);
    const words = options.say === false ? [] : drawWords(shown, at, at.bottom + 8);
    const picture = socklab.picture(options.width, options.height,
      `${options.title || ''}: ${told(shown)}`, ...drawLines(at, options),
      ...shown.map((x) => arrow(x, at)), ...drawPauses(shown, at),
      ...drawPhases(shown, at), ...drawTimes(shown, at, at.bottom + 8), ...words);
    picture.classList.add('rungs');
    return picture;
  }

  socklab.drawLadder = (container, packets, options) => {
    container.replaceChildren(ladder(packets, options));
  };

  // --- as a figure ---

  function titled(of, conversation) {
    const { transport } = socklab.subject(of);
    return transport + (conversation.resumed ? ' (resumed)' : '');
  }

  const heightFor = (ladders) => Math.min(430, 100 + 30 * Math.max(...ladders.map((packets) =>
    packets.length)));

  // What can't be seen: what was left out, and that a capture alone brings no figures.
  function notes(run, packets) {
    const found = [
      packets.some((x) => x.pause > 0) && ['pauses left out where marked', '표시한 곳의 쉬는 시간은 뺌'],
      run.bytes && !socklab.own && ['figures beside it: still recorded', '곁의 수치는 그대로 기록된 값'],
    ].filter(Boolean);
    return found.length > 0 && [0, 1].map((i) => found.map((both) => both[i]).join(' · '));
  }

  socklab.figures.ladder = (data, width) => {
    const run = socklab.ladderRun ? socklab.ladderRun(data) : socklab.run(data.run);
    const of = data.of ? data.of.split(/\s+/).filter(Boolean)
      : [...new Set(socklab.conversations(run).map((c) => c.transport))];
    const found = of.map((name) => ({ name, c: socklab.pickConversation(run, name) }));
    const ladders = found.map(({ c }) => socklab.ladderPackets(c, data));
    const picture = document.createElement('div');
    picture.className = 'ladders';
    picture.append(...ladders.map((packets, i) => ladder(packets, {
      title: titled(of[i], found[i].c), width: Math.floor(width / of.length) - 4,
      height: Number(data.height) || heightFor(ladders), until: socklab.laddersEnd(ladders) })));
    const note = notes(run, ladders.flat());
    return { picture, note, found: of.map((name) => ({ run, row: {},
      subject: { label: name } })) };
  };
}());
