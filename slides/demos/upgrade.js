// SPDX-License-Identifier: MIT
// upgrade.js: from Sec-WebSocket-Key to Sec-WebSocket-Accept, step by step (RFC 6455 4.2.2).
// For tests: input[data-field="key"], button[data-action="key|step|open"], and
// [data-value="joined|digest|accept|alone|hex|request|response|curl|opened"].
(function () {
  'use strict';

  const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
  const ascii = (text) => new TextEncoder().encode(text);
  const base64 = (bytes) => btoa(String.fromCharCode(...bytes));
  const hex = (bytes) => [...bytes].map((b) => b.toString(16).padStart(2, '0')).join('');

  // 16 bytes in base64: 22 characters that count and two = signs.
  const isKey = (text) => /^[A-Za-z0-9+/]{22}==$/.test(text);

  // Everything there is to see about a key.
  function explain(key) {
    const digest = socklab.sha1(ascii(key + GUID));
    return { joined: key + GUID, digest: hex(digest), accept: base64(digest),
      alone: base64(socklab.sha1(ascii(key))), hex: base64(ascii(hex(digest))) };
  }

  const host = () => (socklab.served ? location.host : '127.0.0.1:7004');

  // As ws_echo/ws_handshake.c writes them.
  const request = (key) => `GET /echo HTTP/1.1\nHost: ${host()}\nUpgrade: websocket\n` +
    `Connection: Upgrade\nSec-WebSocket-Key: ${key}\nSec-WebSocket-Version: 13\n`;
  const response = (accept) => 'HTTP/1.1 101 Switching Protocols\nUpgrade: websocket\n' +
    `Connection: Upgrade\nSec-WebSocket-Accept: ${accept}\n`;
  const curl = (key) => 'curl -i -N --http1.1 --max-time 1 -H "Upgrade: websocket" ' +
    `-H "Connection: Upgrade" -H "Sec-WebSocket-Version: 13" -H "Sec-WebSocket-Key: ${key}" ` +
    `${location.protocol === 'https:' ? '-k https' : 'http'}://${host()}/echo`;

  const steps = [
    ['joined', '1. key + GUID', '1. 키 + GUID'],
    ['digest', '2. SHA-1: 20 bytes, in hex', '2. SHA-1: 20바이트, 16진수로'],
    ['accept', '3. base64 of the 20 bytes', '3. 20바이트를 base64로'],
    ['alone', 'wrong: without the GUID', '오답: GUID를 빠뜨림'],
    ['hex', 'wrong: base64 of the hex text', '오답: 16진수 글자를 base64로'],
  ];

  class UpgradeDemo {
    constructor(demo) {
      this.values = {};
      this.input = socklab.make('input', { 'data-field': 'key', maxlength: '24', size: '26',
        autocomplete: 'off', spellcheck: 'false' });
      this.input.addEventListener('input', () => this.redraw());
      this.check = socklab.make('span', { role: 'status' });
      this.rows = steps.map((step) => this.row(step));
      this.shown = 0;
      const wire = socklab.make('div', { class: 'wire later' },
        this.text('request', '4. the request', '4. 요청'),
        this.text('response', '5. the answer', '5. 응답'));
      this.rows.push(wire, this.outside());
      demo.append(socklab.make('div', { class: 'live' }, this.controls(),
        socklab.make('table', {}, socklab.make('tbody', {}, ...this.rows.slice(0, steps.length))),
        wire, this.rows[this.rows.length - 1]));
      this.newKey();
    }

    row([name, en, ko]) {
      this.values[name] = socklab.make('td', { 'data-value': name });
      return socklab.make('tr', { class: `later ${name}` },
        socklab.make('th', { scope: 'row' }, socklab.both(en, ko)), this.values[name]);
    }

    text(name, en, ko) {
      this.values[name] = socklab.make('code', { 'data-value': name });
      return socklab.make('div', {}, socklab.make('b', {}, socklab.both(en, ko)),
        socklab.make('pre', {}, this.values[name]));
    }

    controls() {
      const key = socklab.button('new key', '새 키', () => this.newKey());
      this.step = socklab.button('next step', '다음 단계', () => this.reveal(this.shown + 1));
      key.dataset.action = 'key';
      this.step.dataset.action = 'step';
      return socklab.make('p', { class: 'settings' },
        socklab.labelled('Sec-WebSocket-Key', 'Sec-WebSocket-Key', this.input), this.check, key,
        this.step);
    }

    // What a page can't do: choose its key.  What it can do, and what a terminal can.
    outside() {
      this.values.curl = socklab.make('code', { 'data-value': 'curl' });
      this.opened = socklab.make('span', { role: 'status', 'data-value': 'opened' });
      const open = socklab.button('open a WebSocket', '웹소켓 열기', () => this.open());
      open.dataset.action = 'open';
      open.hidden = !socklab.live;
      return socklab.make('div', { class: 'later outside' },
        socklab.make('p', { class: 'small' }, this.values.curl),
        socklab.make('p', { class: 'settings' }, open, this.opened,
          socklab.make('span', { class: 'small' }, socklab.both(
            'A page can\'t choose its key, nor see it: curl can.',
            '페이지는 키를 고를 수도 볼 수도 없지만, curl은 할 수 있습니다.'))));
    }

    newKey() {
      this.input.value = base64(crypto.getRandomValues(new Uint8Array(16)));
      this.redraw();
    }

    redraw() {
      const key = this.input.value, good = isKey(key);
      this.input.setAttribute('aria-invalid', String(!good));
      this.check.className = good ? 'good' : 'bad';
      socklab.tell(this.check, good ? '16 bytes' : 'not 16 bytes in base64: 400',
        good ? '16바이트' : '16바이트의 base64가 아님: 400');
      const all = good ? explain(key) : {};
      if (good)
        Object.assign(all, { request: request(key), response: response(all.accept),
          curl: curl(key) });
      Object.entries(this.values).forEach(([name, place]) => {
        place.textContent = all[name] || '–';
      });
    }

    reveal(count) {
      this.shown = count > this.rows.length ? 0 : count;
      this.rows.forEach((row, i) => row.classList.toggle('later', i >= this.shown));
      if (this.shown === this.rows.length)
        socklab.tell(this.step, 'from the start', '처음부터');
      else
        socklab.tell(this.step, 'next step', '다음 단계');
    }

    open() {
      this.close();
      const at = performance.now(), socket = new WebSocket(socklab.wsUrl('/echo'));
      this.socket = socket;
      socklab.tell(this.opened, 'asking …', '요청 중 …');
      socket.onopen = () => {
        const took = socklab.ms(performance.now() - at), none = socket.protocol || '–';
        socklab.tell(this.opened, `✓ open after ${took}; subprotocol ${none}; 101 seen by the browser`,
          `✓ ${took} 만에 열림, 하위 프로토콜 ${none}, 101은 브라우저가 확인`);
        this.close();
      };
      socket.onclose = async () => {
        const { state, words } = await socklab.whyRefused('/echo');
        if (this.socket === socket)
          socklab.tell(this.opened, ...(state !== 'gone' ? words.map((text) => `✗ ${text}`)
            : ['✗ not opened: is the server running?', '✗ 열리지 않음: 서버가 실행 중인가요?']));
      };
    }

    leave() {
      if (this.socket)
        this.opened.replaceChildren();
      this.close();
    }

    // What we close ourselves says nothing about the server.
    close() {
      if (!this.socket)
        return;
      this.socket.onopen = this.socket.onclose = null;
      this.socket.close();
      this.socket = null;
    }
  }

  socklab.upgrade = { explain, isKey };

  socklab.demo('upgrade', true, (demo) => {
    const upgrade = new UpgradeDemo(demo);
    if (socklab.live)
      socklab.stage(demo, { start: () => {}, stop: () => upgrade.leave() });
  });
}());
