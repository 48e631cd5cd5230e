// SPDX-License-Identifier: MIT
// figures_test.mjs: what the slides' figures say is what the runs' files say, and the bench itself.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { draw, openPage, top } from './page.mjs';

const page = openPage();
const { socklab } = page;
const bench = path.join(process.env.SOCKLAB_BIN || path.join(top, 'build/bin'), 'bench');
const recorded = path.join(top, 'lessons/recorded');
const read = (name) => JSON.parse(fs.readFileSync(path.join(recorded, `${name}.json`), 'utf8'));
const names = fs.readdirSync(recorded).filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -5));
const captures = names.filter((name) => fs.existsSync(path.join(recorded, `${name}.pcap`)));
const lab = (...words) => execFileSync(bench, words, { encoding: 'utf8', maxBuffer: 1 << 26,
  env: { ...process.env, LC_ALL: 'C.UTF-8' } });
const value = (data) => draw(page, 'value', data);
const wss = { run: 'round-trips', measure: 'handshake', metric: 'total', of: 'wss' };

const paramsOf = (row) => Object.entries(row.params).map(([name, one]) => `${name}=${one}`)
  .join(' ');

/* Read back with its unit, a figure is the row's, as exactly as its digits tell. */
function assertIs(text, wanted, what) {
  const scale = { ms: 1e3, s: 1e6, KiB: 1024, MiB: 1048576 };
  const [, digits, unit] = /^(-?[\d.,]+)(?: (\S+))?$/.exec(text) || [];
  assert.ok(digits, `${what}: ${text}`);
  const shown = Number(digits.replace(/,/g, '')) * (scale[unit] || 1);
  const last = (scale[unit] || 1) * 10 ** -(digits.split('.')[1] || '').length;
  assert.ok(Math.abs(shown - wanted) <= 0.5001 * last, `${what}: ${text} for ${wanted}`);
}

test('every row of every run is shown as it is', () => {
  let rows = 0;
  names.forEach((name) => read(name).rows.forEach((row) => {
    const data = { run: name, measure: row.measure, metric: row.metric, of: row.transport,
      params: paramsOf(row) };
    const text = value(data).textContent, what = `${name} ${row.metric} ${data.params}`;
    if (row.na !== undefined)
      assert.equal(text, `n/a (${row.na})`, what);
    else
      assertIs(text, row.value === undefined ? row.p50 : row.value, what);
    rows++;
  }));
  assert.ok(rows > 1000, `${rows} rows`);
});

test('digits are those of bench report', () => {
  const report = lab('report', path.join(recorded, 'here.json'));
  const table = report.slice(report.indexOf('MESSAGE'), report.indexOf('PUSH'));
  ['tcp', 'tls', 'udp', 'ws', 'wss'].forEach((of) => {
    const line = table.split('\n').find((one) => one.trim().startsWith(`${of} `));
    ['p50', 'p90', 'p99', 'max'].forEach((stat) => {
      const shown = value({ run: 'here', measure: 'message', metric: 'rtt', of, stat, unit: 'us' });
      const digits = shown.textContent.replace(' µs', '');
      assert.ok(line.split(/\s+/).includes(digits), `${of} ${stat}: ${digits} in ${line}`);
    });
  });
});

test('one figure has one unit, the largest value\'s', () => {
  const bars = draw(page, 'figure bars', { ...wss, of: 'udp tcp wss:tls=full' });
  const texts = bars.all('text').map((one) => one.textContent).filter((one) => /\d/.test(one));
  assert.equal(texts.length, 3);
  texts.forEach((one) => assert.match(one, / ms$/));
  assert.equal(socklab.show(1536, socklab.unit('B', 1536, 'KiB'), true), '1.50 KiB');
  assert.equal(socklab.show(999, socklab.unit('us', 999)), '999 µs');
  assert.equal(socklab.show(10000, socklab.unit('us', 10000)), '10.0 ms');
});

test('what does not exist, or is several, says so', () => {
  const says = (data, words) => {
    const shown = value(data);
    assert.match(shown.textContent, words);
    assert.ok(shown.classList.contains('figure-error'));
  };
  says({ ...wss, run: 'nowhere' }, /^no such figure: the run nowhere is not loaded$/);
  says({ ...wss, metric: 'beauty', params: 'tls=full' }, /^no such figure: .*beauty/);
  says(wss, /^no such figure: .*several: choose by tls=full\|resumed/);
  says({ ...wss, params: 'colour=red' }, /^no such figure: .*no row has colour/);
  says({ ...wss, params: 'tls=full', stat: 'p12' }, /^no such figure: total has no p12/);
  says({ ...wss, params: 'tls=full', unit: 'KiB' }, /^no such figure: us can't be shown as KiB/);
  const figure = draw(page, 'figure bars', { ...wss, of: 'carrier-pigeon' });
  assert.match(figure.textContent, /^no such figure: .*carrier-pigeon/);
  assert.match(draw(page, 'figure pie', wss).textContent, /^no such figure: no kind/);
});

test('too few samples are no figure', () => {
  const shown = value({ ...wss, params: 'tls=full', stat: 'p99' });
  assert.equal(shown.textContent, 'n/a (too few samples for p99)');
});

test('ratios are the bench\'s, and none where something was lost', () => {
  const row = read('here').rows.find((one) => one.metric === 'rtt' && one.transport === 'ws');
  const ws = { run: 'here', measure: 'message', metric: 'rtt', of: 'ws', 'ratio-to': 'tcp' };
  assert.equal(value(ws).textContent, `${row.ratio.value.toFixed(2)}×`);
  assert.match(value(ws).title, /^95 %: [\d.]+× – [\d.]+×/);
  const lost = value({ ...ws, run: 'datagrams', of: 'udp' });
  assert.equal(lost.textContent, 'n/a (no ratio where something was lost)');
});

const kinds = {
  bars: { ...wss, of: 'udp tcp wss:tls=full wss:tls=resumed' },
  stack: { ...wss, of: 'tcp ws wss', params: 'tls=full', metrics: 'connect tls upgrade' },
  spread: { run: 'here', measure: 'message', metric: 'rtt' },
  grid: { run: 'models', metric: 'served', of: 'tcp', by: 'model', across: 'connections' },
  lines: { runs: 'rtt-5ms rtt-20ms round-trips rtt-80ms', measure: 'handshake', metric: 'total',
    of: 'tcp ws', x: 'rtt_ms' },
  ladder: { run: 'round-trips', of: 'tcp ws wss:tls=full' },
};

test('each kind draws, and tells what it was drawn from', () => {
  Object.entries(kinds).forEach(([kind, data]) => {
    const figure = draw(page, `figure ${kind}`, data);
    assert.doesNotMatch(figure.textContent, /no such figure|undefined|NaN|Infinity/, kind);
    assert.match(figure.textContent, /recorded .*\d{4}-\d\d-\d\d · .*bench \w+/, kind);
    figure.all('svg').forEach((svg) => {
      assert.equal(svg.attributes.role, 'img');
      assert.match(svg.attributes['aria-label'], /\d/, kind);
      [...svg.all('path'), ...svg.all('rect'), ...svg.all('line')].forEach((shape) =>
        assert.doesNotMatch(JSON.stringify(shape.attributes), /NaN|undefined|Infinity/, kind));
    });
  });
});

/* --- one's own run --- */

const own = (change) => {
  const json = read('round-trips');
  json.time = '2031-01-02T03:04:05Z';
  json.rows.forEach((row) => { row.p50 *= 3; });
  change(json);
  return socklab.readOwn(JSON.stringify(json));
};

const useOwn = (json) => {
  socklab.own = json && { name: 'mine', file: 'mine.json', json, own: true };
};

test('one\'s own rows take the place of those they are the same as', () => {
  const data = { ...wss, params: 'tls=full' }, before = value(data).textContent;
  useOwn(own((json) => { json.rows = json.rows.filter((row) => row.transport !== 'tcp'); }));
  assert.notEqual(value(data).textContent, before);
  assert.ok(value(data).classList.contains('own'));
  const mixed = draw(page, 'figure bars', { ...data, of: 'tcp wss' }).textContent;
  assert.match(mixed, /your own \(wss\): mine.json .*2031-01-02.*recorded \(tcp\) .*2026/);
  const loopback = value({ ...data, run: 'here' });
  assert.ok(!loopback.classList.contains('own'), 'a wire is no loopback');
  const lossy = value({ run: 'datagrams', measure: 'message', metric: 'lost', of: 'udp',
    params: 'depth=1' });
  assert.ok(!lossy.classList.contains('own'));
  useOwn(null);
  assert.equal(value(data).textContent, before);
});

test('one\'s own wire goes with one\'s own rows, and no row goes where the wire did else', () => {
  const wire = { run: 'round-trips', wire: 'rtt_ms', unit: 'ms' };
  useOwn(own((json) => Object.assign(json.wire, { rtt_ms: 7, spec: 'rtt=7ms,seed=9' })));
  assert.equal(value(wire).textContent, '40 ms');
  assert.equal(value({ ...wss, ...wire, params: 'tls=full' }).textContent, '7 ms');
  assert.ok(!value({ ...wss, params: 'tls=full', recorded: '' }).classList.contains('own'));
  const lost = { run: 'syn-lost', measure: 'handshake', metric: 'total', of: 'tcp' };
  const dropping = (packet) => own((json) => Object.assign(json.wire,
    { spec: `rtt=7ms,drop=${packet}` }));
  useOwn(dropping('s3'));
  assert.ok(!value(lost).classList.contains('own'), 'another packet was lost');
  useOwn(dropping('c1'));
  assert.ok(value(lost).classList.contains('own'));
  useOwn(null);
});

test('what a slide asks for by name is so in one\'s own run, too', () => {
  const events = { run: 'overtaken', measure: 'push', metric: 'latency', of: 'tcp' };
  const slower = read('overtaken');
  slower.rows.forEach((row) => { row.params.push_every_ms = 50; });
  useOwn(socklab.readOwn(JSON.stringify(slower)));
  assert.ok(value(events).classList.contains('own'));
  assert.ok(!value({ ...events, params: 'push_every_ms=2' }).classList.contains('own'));
  useOwn(null);
});

test('an interval that contains one is no difference, even where it rounds to one', () => {
  const told = (name, metric) => value({ run: name, measure: 'message', metric, of: 'ws',
    params: 'depth=1', 'ratio-to': 'tcp' }).title;
  assert.equal(told('here', 'rtt'), '95 %: 1.00× – 1.02×');
  assert.equal(told('here', 'cpu_server'), '95 %: 0.97× – 1.04×, no difference shown');
});

test('what the bench did not write is refused', () => {
  const refused = (text, words) => assert.throws(() => socklab.readOwn(text), words);
  refused('{"schema":', /no whole JSON/);
  refused('{}', /the bench did not write this/);
  refused('null', /the bench did not write this/);
  refused('{"schema":"socklab-bench/2"}', /of another version/);
  refused('{"schema":"socklab-bench/1","rows":[]}', /is missing/);
  assert.throws(() => own((json) => { json.rows[3] = { measure: 'x' }; }), /is missing/);
  assert.throws(() => own((json) => { delete json.wire.spec; }), /is missing/);
  const bad = [{ p50: '7' }, { p99: '7' }, { ci95: [1] }, { ci95: ['1', 2] },
    { predicted: {} }, { ratio: { to: 'tcp', value: 'x' } }, { params: null }, { unit: 1 }];
  bad.forEach((change) => assert.throws(() => own((json) => Object.assign(json.rows.find((row) =>
    row.p50), change)), /is missing/, JSON.stringify(change)));
  const endless = JSON.stringify(read('here')).replace(/"p50":[^,]+/, '"p50":1e999');
  refused(endless, /is missing/);
  names.forEach((name) => socklab.readOwn(JSON.stringify(read(name))));
});

/* --- captures --- */

/* What bench ladder says of each conversation's packets. */
function ladderOf(file) {
  const conversations = [];
  lab('ladder', file).split('\n').forEach((line) => {
    if (/^client /.test(line))
      conversations.push([]);
    const packet = /^ *([\d.]+) ([cs]\d+) +[◄─✗]+([A-Z,]+)[─►✗]+ +(\d+) ?(.*)$/.exec(line);
    if (packet)
      conversations[conversations.length - 1].push({ at: Number(packet[1]), number: packet[2],
        flags: packet[3], length: Number(packet[4]), lost: /^ *lost/.test(packet[5]),
        again: /^ *again/.test(packet[5]) });
  });
  return conversations;
}

test('one\'s own capture is drawn where it lost what the slide says was lost', () => {
  const take = (name) => {
    const bytes = fs.readFileSync(path.join(recorded, `${name}.pcap`));
    socklab.ownCapture = { name, file: `${name}.pcap`, own: true, bytes: Uint8Array.from(bytes) };
  };
  const isOwn = (run, packets) => /your own.*pcap/.test(draw(page, 'figure ladder',
    { run, of: 'tcp', packets }).textContent);
  take('round-trips');
  assert.ok(isOwn('connect', '1..3'));
  assert.ok(!isOwn('syn-lost', '1..4'), 'nothing was lost in it');
  take('syn-lost');
  assert.ok(isOwn('syn-lost', '1..4'));
  assert.ok(!isOwn('connect', '1..3'), 'a packet was lost in it');
  socklab.ownCapture = null;
});

test('without its JSON, a capture of both ends tells the same distance', () => {
  const bytes = Uint8Array.from(fs.readFileSync(path.join(recorded, 'round-trips.pcap')));
  socklab.conversations({ name: 'x', bytes }).filter((c) => c.protocol === 6).forEach((c) =>
    assert.ok(Math.abs(c.oneWay - 20) < 1, `${c.transport}: ${c.oneWay}`));
});

test('a wait for what was lost is no round trip only', () => {
  const texts = draw(page, 'figure ladder', { run: 'syn-lost', of: 'tcp', packets: '1..4',
    height: '240' }).textContent;
  assert.match(texts, /1 RTT \+ loss/);
});

test('captures are read as bench ladder reads them', () => {
  let packets = 0;
  captures.forEach((name) => {
    const ours = socklab.conversations(socklab.run(name));
    const theirs = ladderOf(path.join(recorded, `${name}.pcap`));
    assert.equal(ours.length, theirs.length, name);
    theirs.forEach((conversation, i) => {
      const told = ours[i].packets.map((x) => ({ at: x.clock, number: x.number,
        flags: x.flags.join(), length: x.length, lost: x.lost,
        again: Boolean(x.again) && !x.lost }));
      assert.equal(told.length, conversation.length, `${name} ${i}`);
      conversation.forEach((x, n) => {
        assert.ok(Math.abs(told[n].at - x.at) < 0.0006, `${name} ${i} ${x.number}: ${told[n].at}`);
        assert.deepEqual({ ...told[n], at: x.at }, x, `${name} ${i}`);
        packets++;
      });
    });
  });
  assert.ok(packets > 800, `${packets} packets`);
});

test('conversations are told apart by what they say', () => {
  captures.forEach((name) => {
    const said = new Set(socklab.conversations(socklab.run(name)).map((c) => c.transport));
    const measured = new Set(read(name).rows.map((row) => row.transport));
    assert.deepEqual([...said].sort(), [...measured].sort(), name);
  });
  const { packets } = socklab.pickConversation(socklab.run('round-trips'), 'ws');
  const words = packets.filter((x) => !x.bare).map((x) => x.words);
  assert.deepEqual([...words], ['SYN', 'SYN ACK', 'GET /echo Upgrade', '101 Switching Protocols',
    'text 64 B masked', 'text 64 B', 'close 1000 masked', 'close 1000', 'FIN ACK', 'FIN ACK']);
});

test('the third packet of each TCP handshake is drawn', () => {
  captures.forEach((name) => socklab.conversations(socklab.run(name))
    .filter((c) => c.protocol === 6).forEach((c) => {
      const drawn = socklab.ladderPackets(c, { part: 'connect' }).filter((x) => !x.lost);
      assert.deepEqual([...drawn.slice(0, 3).map((x) => x.words)], ['SYN', 'SYN ACK', 'ACK'], name);
    }));
});

test('pauses left out are no part of what was measured', () => {
  const runs = ['rtt-5ms', 'rtt-20ms', 'round-trips', 'rtt-80ms', 'rtt-160ms', 'rtt-320ms'];
  runs.forEach((run) => ['tcp', 'ws', 'wss:tls=full'].forEach((of) => {
    const { transport, params } = socklab.subject(of);
    const all = socklab.pickConversation(socklab.run(run), of).packets;
    const ready = all.find((x) => x.phase === 'message' && !x.bare).at;
    const row = read(run).rows.find((one) => one.metric === 'total' &&
      one.transport === transport && (!params.tls || one.params.tls === params.tls));
    assert.ok(Math.abs(ready - row.p50 / 1e3) < 2, `${run} ${of}: ${ready} and ${row.p50}`);
  }));
});

test('a capture cut within a packet is refused, wherever', () => {
  const file = fs.readFileSync(path.join(recorded, 'connect.pcap'));
  const whole = new Set([24]);
  for (let at = 24; at < file.length; at += 16 + file.readUInt32LE(at + 8))
    whole.add(at);
  for (let n = 0; n < file.length; n++)
    if (whole.has(n))
      socklab.readCapture(Uint8Array.from(file.subarray(0, n)));
    else
      assert.throws(() => socklab.readCapture(Uint8Array.from(file.subarray(0, n))),
        socklab.CaptureError);
});

/* A generator of its own, so that a failure comes again. */
function dice(seed) {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 4294967296 * n);
  };
}

function mutate(bytes, roll) {
  const out = Uint8Array.from(roll(3) === 0 ? bytes.subarray(0, roll(bytes.length)) : bytes);
  for (let n = roll(30); n > 0 && out.length > 0; n--)
    out[roll(2) ? roll(out.length) : roll(Math.min(400, out.length))] = roll(256);
  return out;
}

test('2,000 broken captures are read or refused, and soon', () => {
  const roll = dice(7);
  let refused = 0, slowest = 0;
  const files = captures.map((name) => fs.readFileSync(path.join(recorded, `${name}.pcap`)));
  for (let i = 0; i < 2000; i++) {
    const bytes = mutate(files[i % files.length], roll), begun = performance.now();
    try {
      const all = socklab.conversations({ name: `mutant ${i}`, bytes });
      all.forEach((c) => socklab.drawLadder({ replaceChildren() {} }, c.packets));
    } catch (error) {
      assert.ok(error instanceof socklab.CaptureError, `mutant ${i}: ${error.stack}`);
      refused++;
    }
    slowest = Math.max(slowest, performance.now() - begun);
  }
  assert.ok(refused > 200 && refused < 1900, `${refused} refused`);
  assert.ok(slowest < 2000, `${slowest} ms`);
});

test("what the decks' legends and columns name has a Korean name, too", () => {
  const decks = fs.readdirSync(path.join(top, 'slides')).filter((file) => file.endsWith('.html'))
    .map((file) => fs.readFileSync(path.join(top, 'slides', file), 'utf8')).join('');
  const metrics = [...decks.matchAll(/data-metrics="([^"]+)"/g)].flatMap(([, one]) =>
    one.split(' '));
  assert.ok(metrics.length > 10, `${metrics.length} metrics`);
  metrics.forEach((one) => assert.notEqual(...socklab.metric(one), `${one} is English in Korean`));
});

test('bars that stand beside each other have one scale', () => {
  const cpu = { measure: 'message', metric: 'cpu_server', of: 'tcp ws', params: 'depth=1',
    width: '900' };
  const perUnit = (run, beside) => {
    const figure = draw(page, 'figure bars', { ...cpu, run, beside });
    const row = socklab.find({ ...cpu, run, transport: 'ws', params: { depth: '1' } }).row;
    return Number(figure.all('rect')[1].attributes.width) / socklab.statistic(row).value;
  };
  const here = perUnit('here', 'sizes');
  assert.ok(here > 0);
  assert.ok(Math.abs(here - perUnit('sizes', 'here')) < 1e-6 * here);
});
