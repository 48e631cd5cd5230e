// SPDX-License-Identifier: MIT
// frame.js: a message, and the frame it travels in, bit by bit.  frame_bits.js makes the bytes.
// For tests: input[data-field="message"], select[data-field="kind|side|pieces|code|example"],
// button[data-action="key|send"], .bits (data-hex: the frame's first bytes), [data-value="summary"],
// [data-value="total"], [data-value="echo"] and [data-value="rtt"] of what was sent for real.
(function () {
  'use strict';

  const ROW = 4;          // bytes: 32 bits, as the RFC draws it
  const TABLE_BYTES = 10; // of the payload, in the table
  const examples = { korean: '안녕하세요', ascii: 'Hello', emoji: '👋🏽 hi', 126: 'x'.repeat(126),
    70000: '가'.repeat(23333) + '!' };
  const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join(' ');
  const bitsOf = (bytes) => [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('');

  const encode = (text) => new TextEncoder().encode(text);
  const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

  function randomKey() {
    return crypto.getRandomValues(new Uint8Array(4));
  }

  // One field's bits that are in this row of 32, with its name below.
  function segment(field, bits, from) {
    const name = field.value === undefined ? field.name
      : field.name === 'opcode' ? field.value : `${field.name} ${field.value}`;
    const cells = [...bits].map((bit) => socklab.make('b', {}, bit));
    return socklab.make('div', { class: `field ${field.name.replace(/ .*/, '').toLowerCase()}`,
      style: `grid-column:${from + 1}/span ${bits.length}` },
    socklab.make('div', { class: 'cells', style: `grid-template-columns:repeat(${bits.length},1fr)` },
      ...cells), socklab.make('small', {}, field.name === 'MASK' ? 'M' : name));
  }

  // The frame's first rows: head, key and the beginning of the payload.
  function drawBits(box, frame, head) {
    const rows = head.head > 6 ? 4 : 3;
    const bytes = frame.subarray(0, rows * ROW);
    const bits = bitsOf(bytes);
    const fields = [...head.fields];
    for (let i = head.head; i < bytes.length; i++)
      fields.push({ name: 'payload', bits: 8,
        value: bytes[i].toString(16).padStart(2, '0') });
    box.dataset.hex = hex(bytes);
    box.setAttribute('aria-label', `${bytes.length} / ${frame.length} B: ${hex(bytes)}`);
    box.replaceChildren();
    let at = 0;
    fields.forEach((field) => {
      for (let left = field.bits; left > 0 && at < bits.length;) {
        const here = Math.min(left, 32 - at % 32);
        box.append(segment(field, bits.slice(at, at + here), at % 32));
        at += here;
        left -= here;
      }
    });
  }

  function tableRow(en, ko, cells) {
    return socklab.make('tr', {}, socklab.make('th', { scope: 'row' }, socklab.both(en, ko)),
      ...cells);
  }

  const cell = (text, span) => socklab.make('td', span > 1 ? { colspan: span } : {}, text);

  // Character, its UTF-8 bytes, the key, and what is on the wire.
  function drawPayload(table, text, key) {
    const found = socklab.frame.characters(text, TABLE_BYTES);
    const bytes = found.flatMap((one) => [...one.bytes]);
    const each = (f) => bytes.map((byte, i) => cell(hex([f(byte, i)])));
    table.replaceChildren(
      tableRow('character', '문자', found.map((one) => cell(`${one.text} ${one.code}`,
        one.bytes.length))),
      tableRow('UTF-8', 'UTF-8', each((byte) => byte)));
    if (key)
      table.append(tableRow('⊕ key', '⊕ 키', each((byte, i) => key[i % 4])),
        tableRow('on the wire', '전송되는 바이트', each((byte, i) => byte ^ key[i % 4])));
  }

  class FrameDemo {
    constructor(demo) {
      this.keys = [randomKey(), randomKey(), randomKey(), randomKey()];
      this.shownFrame = 0;
      this.times = [];
      this.fields();
      this.places();
      demo.append(socklab.make('div', { class: 'live' }, ...this.layout()));
      this.redraw();
    }

    select(field, choices, chosen, changed) {
      const select = socklab.choice(choices, chosen, changed || (() => this.redraw()));
      select.dataset.field = field;
      return select;
    }

    fields() {
      this.text = socklab.make('input', { 'data-field': 'message', maxlength: '70000',
        autocomplete: 'off', spellcheck: 'false' });
      this.text.value = examples.korean;
      this.text.addEventListener('input', () => this.redraw());
      this.text.addEventListener('keydown', (event) => {
        if (event.key === 'Enter' && !event.isComposing && !this.sender.disabled && socklab.live)
          this.send();
      });
      this.kind = this.select('kind', ['text', 'binary', 'ping', 'close'].map((k) => [k, k, k]),
        'text');
      this.side = this.select('side', [['client', 'client → server', '클라이언트 → 서버'],
        ['server', 'server → client', '서버 → 클라이언트']], 'client');
      this.pieces = this.select('pieces', [1, 2, 3, 4].map((n) => [String(n), String(n), String(n)]),
        '1', () => { this.shownFrame = 0; this.redraw(); });
      this.code = this.select('code', [1000, 1001, 1008, 1009, 4000].map((n) =>
        [String(n), String(n), String(n)]), '1000');
      this.example = this.select('example', [['korean', '안녕하세요', '안녕하세요'],
        ['ascii', 'Hello', 'Hello'], ['emoji', '👋🏽 hi', '👋🏽 hi'], ['126', '126 B', '126 B'],
        ['70000', '70,000 B', '70,000 B']], 'korean', () => this.take(examples[this.example.value]));
    }

    take(text) {
      this.text.value = text;
      this.redraw();
    }

    places() {
      this.bits = socklab.make('div', { class: 'bits', role: 'img' });
      this.table = socklab.make('table', { class: 'bytes' });
      this.summary = socklab.make('p', { class: 'summary', 'data-value': 'summary' });
      this.frames = socklab.make('span', { class: 'frames' });
      this.echo = socklab.make('p', { class: 'notice', role: 'status', 'data-value': 'echo' });
    }

    layout() {
      const key = socklab.button('new key', '새 키', () => {
        this.keys = this.keys.map(randomKey);
        this.redraw();
      });
      this.sender = socklab.button('send it', '실제로 보내기', () => this.send());
      key.dataset.action = 'key';
      this.sender.dataset.action = 'send';
      this.codeLabel = socklab.labelled('code', '코드', this.code);
      this.piecesLabel = socklab.labelled('fragments', '조각', this.pieces);
      const above = socklab.make('p', { class: 'settings' },
        socklab.labelled('message', '메시지', this.text),
        socklab.labelled('or', '예시', this.example), this.sender);
      const below = socklab.make('p', { class: 'settings' },
        socklab.labelled('opcode', 'opcode', this.kind), this.codeLabel, this.piecesLabel,
        socklab.labelled('way', '방향', this.side), key, this.frames);
      this.sender.hidden = !socklab.live;
      return [above, below, this.bits, this.summary, this.table, this.echo,
        socklab.make('p', { class: 'small' }, socklab.both(
          'A page sees neither the frames its browser sends nor their keys: this is how they are made.',
          '페이지는 브라우저가 실제로 보내는 프레임도 마스킹 키도 볼 수 없습니다. 위는 같은 규칙으로 만든 프레임입니다.'))];
    }

    payload() {
      const kind = this.kind.value;
      return kind === 'close' ? socklab.frame.closePayload(Number(this.code.value), this.text.value)
        : encode(this.text.value);
    }

    redraw() {
      const kind = this.kind.value, payload = this.payload();
      const control = kind === 'ping' || kind === 'close';
      const client = this.side.value === 'client';
      const count = control ? 1 : Math.max(1, Math.min(Number(this.pieces.value), payload.length));
      const keys = this.keys.slice(0, count).map((key) => (client ? key : null));
      this.codeLabel.hidden = kind !== 'close';
      this.piecesLabel.hidden = control;
      if (control && payload.length > 125) {
        this.refuse(payload.length);
        return;
      }
      this.shownFrame = Math.min(this.shownFrame, count - 1);
      const frames = socklab.frame.message(kind, payload, keys);
      this.chooseFrame(frames.length);
      this.show(frames, keys, payload);
      this.allowSending(control || count > 1 || !client);
    }

    refuse(n) {
      this.bits.replaceChildren();
      this.bits.dataset.hex = '';
      this.bits.setAttribute('aria-label', '–');
      this.table.replaceChildren();
      this.frames.replaceChildren();
      socklab.tell(this.summary, `A control frame carries 125 bytes at most, not ${n}.`,
        `제어 프레임의 페이로드는 125바이트까지입니다(지금 ${n}바이트).`);
      this.allowSending(true);
    }

    // A page can only send whole messages: how they are cut, and pings, are the browser's business.
    allowSending(not) {
      this.sender.disabled = not;
    }

    chooseFrame(count) {
      this.frames.replaceChildren();
      for (let i = 0; count > 1 && i < count; i++) {
        const button = socklab.button(`frame ${i + 1}`, `프레임 ${i + 1}`, () => {
          this.shownFrame = i;
          this.redraw();
        });
        button.setAttribute('aria-pressed', String(i === this.shownFrame));
        this.frames.append(button);
      }
    }

    show(frames, keys, payload) {
      const frame = frames[this.shownFrame], head = socklab.frame.parts(frame);
      const start = this.shownFrame * Math.ceil(payload.length / frames.length);
      drawBits(this.bits, frame, head);
      const own = payload.subarray(start, start + head.length);
      const skip = head.opcode === 'close' ? 2 : 0;
      const text = utf8.decode(own.subarray(skip, skip + 64));
      if (skip || frames.length > 1)
        this.table.replaceChildren();
      else
        drawPayload(this.table, text, keys[0]);
      this.sum(frames, head, payload.length);
    }

    sum(frames, head, payload) {
      const total = frames.reduce((n, frame) => n + frame.length, 0);
      const fields = `FIN ${Number(head.fin)}, opcode ${head.opcode}, MASK (M) ${Number(head.masked)}`;
      const bytes = (n) => `${n.toLocaleString('en')} B`;
      const sizes = `${bytes(payload)} + ${bytes(total - payload)} = `;
      const number = socklab.make('b', { 'data-value': 'total' }, bytes(total));
      socklab.tell(this.summary, `${fields}: payload + frame heads = ${sizes}`,
        `${fields}: 페이로드 + 프레임 헤더 = ${sizes}`);
      this.summary.append(number);
    }

    // --- for real ---

    start() {
      this.line = socklab.line('/echo', {
        opened: () => {
          this.why = null;
          this.say('', '');
        },
        message: (data) => this.back(data),
        closed: (code, failures) => this.lost(code, failures),
      });
    }

    stop() {
      this.line.stop();
      this.waiting = null;
    }

    async lost(code, failures) {
      this.waiting = null;
      if (failures > 1) {
        this.why = (await socklab.whyRefused('/echo')).words;
        if (!this.line.isOpen())
          this.say(...this.why);
        return;
      }
      const [en, ko] = socklab.closeWords(code);
      this.say(`${en} (${code}): trying again`, `${ko} (${code}). 다시 연결하고 있습니다`);
    }

    send() {
      const binary = this.kind.value === 'binary';
      const data = binary ? this.payload() : this.text.value;
      if (!this.line)
        return;
      const at = performance.now();
      if (this.waiting)
        this.say('waiting for the last one to come back', '앞에 보낸 메시지가 돌아오기를 기다립니다');
      else if (this.line.send(data)) // half a surrogate pair travels as U+FFFD
        this.waiting = { at, text: utf8.decode(encode(this.text.value)) };
      else
        this.say(...(this.why || ['not connected: trying again',
          '연결되어 있지 않습니다. 다시 연결하고 있습니다']));
    }

    back(data) {
      if (!this.waiting)
        return;
      const took = performance.now() - this.waiting.at;
      const text = typeof data === 'string' ? data : utf8.decode(data);
      const same = text === this.waiting.text;
      this.waiting = null;
      if (text !== this.measured)
        this.times = []; // another message is another measurement
      this.measured = text;
      this.times.push(took);
      const bytes = encode(text).length.toLocaleString('en');
      const figures = `${socklab.ms(took)}, n = ${this.times.length}, `;
      const median = socklab.ms(socklab.median(this.times));
      this.say(`${same ? '✓ the same came back' : '✗ something else came back'}: ${bytes} B in ` +
        `${figures}median ${median}`, `${same ? '✓ 그대로 돌아옴' : '✗ 다른 것이 돌아옴'}: ` +
        `${bytes} B, ${figures}중앙값 ${median}`);
      this.echo.dataset.rtt = took.toFixed(3);
    }

    say(en, ko) {
      socklab.tell(this.echo, en, ko);
    }
  }

  socklab.demo('frame', true, (demo) => {
    const frame = new FrameDemo(demo);
    if (socklab.live)
      socklab.stage(demo, { start: () => frame.start(), stop: () => frame.stop() });
  });
}());
