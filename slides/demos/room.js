// SPDX-License-Identifier: MIT
// room.js: the chat, on the slide and on the phones.  Both show a log that is filled in batches, so
// that 200 people's bursts cost ten drawings a second; a message is text and never markup.
// For tests: [data-value="address|messages|names|rate|way|status"], .log li, form, input[name].
(function () {
  'use strict';

  const BATCH = 100;     // ms
  const PATIENCE = 3000; // ms until the way round of an own message looks long

  function item(entry) {
    const li = socklab.make('li', entry.own ? { class: 'own' } : {});
    if (entry.name)
      li.append(socklab.make('bdi', { class: 'name' }, entry.name), ' ');
    li.append(socklab.make('bdi', { class: 'text' }, entry.text));
    if (entry.own)
      li.append(' ', socklab.make('small', {}, socklab.ms(entry.way)));
    return li;
  }

  // The visible part of a RoomLog: a list, and figures by their names.
  class Room {
    constructor(list, figures, status) {
      Object.assign(this, { list, figures, status, log: new socklab.RoomLog() });
    }

    start() {
      this.tell('connecting …', '연결하고 있습니다 …', false);
      this.line = socklab.line('/chat', {
        opened: () => this.tell('connected', '연결됨', true),
        message: (data) => this.take(data),
        closed: (code, failures) => this.lost(code, failures),
      });
      this.timer = setInterval(() => this.draw(), BATCH);
    }

    stop() {
      this.line.stop();
      clearInterval(this.timer);
      this.log.forget();
      this.tell('not connected', '연결되어 있지 않습니다', false);
    }

    take(data) {
      const text = typeof data === 'string' ? data : new TextDecoder().decode(data);
      this.log.take(text, performance.now());
    }

    // Returns true when the message went out.
    say(text) {
      const at = performance.now();
      const sent = this.line.send(text);
      if (sent)
        this.log.sent(text, at);
      return sent;
    }

    tell(en, ko, good) {
      this.status.className = good ? 'good' : 'bad';
      if (this.told !== en)
        socklab.tell(this.status, en, ko);
      this.told = en;
    }

    lost(code, failures) {
      const [en, ko] = socklab.closeWords(code);
      this.log.forget();
      if (failures < 3)
        this.tell(`${en} (${code}): trying again`, `${ko} (${code}). 다시 연결하고 있습니다`, false);
      else
        this.askWhy();
    }

    async askWhy() {
      const { words } = await socklab.whyRefused('/chat');
      if (!this.line.isOpen())
        this.tell(...words, false);
    }

    draw() {
      const batch = this.log.batch();
      const below = this.list.scrollHeight - this.list.scrollTop - this.list.clientHeight < 60;
      this.list.append(...batch.map(item));
      while (this.list.childElementCount > socklab.RoomLog.KEPT)
        this.list.firstElementChild.remove();
      if (batch.length > 0 && below)
        this.list.scrollTop = this.list.scrollHeight;
      this.count();
      this.doubt();
    }

    // Who walked out of the network's reach has a connection that looks open for minutes.
    doubt() {
      if (!this.line.isOpen())
        return;
      if (this.log.waiting(performance.now()) > PATIENCE)
        this.tell('your message has not come back yet', '보낸 메시지가 아직 돌아오지 않았습니다', false);
      else
        this.tell('connected', '연결됨', true);
    }

    count() {
      const { log, figures } = this;
      const values = { messages: log.messages, names: log.names.size,
        rate: log.rate(performance.now()), way: log.way === null ? '–' : socklab.ms(log.way) };
      Object.entries(figures).forEach(([name, place]) => {
        const text = values[name].toLocaleString('en');
        if (place.textContent !== text)
          place.textContent = text;
      });
    }
  }

  socklab.Room = Room;

  const isLoopback = () => /^(localhost|127\.|\[::1\])/.test(location.hostname);

  // What those in the last row type: as large as it fits in.  Without a scheme it means http.
  function address() {
    const scheme = location.protocol === 'https:' ? 'https://' : '';
    const text = `${scheme}${location.host}/chat`;
    const size = Math.max(20, Math.min(96, Math.floor(1100 / (0.62 * text.length))));
    return socklab.make('p', { class: 'address', 'data-value': 'address',
      style: `font-size:${size}px` }, text);
  }

  function lonely() {
    return socklab.make('p', { class: 'small' }, socklab.both(
      'Only this machine can open that. For the room: start the server with ',
      '이 컴퓨터에서만 열리는 주소입니다. 모두 들어오게 하려면 서버를 '),
    socklab.make('code', {}, '-H 0.0.0.0'), socklab.both(' and open this deck by one of the addresses that ',
      ' 옵션으로 실행하고, 이 슬라이드를 다음 명령이 보여 주는 주소로 여세요: '),
    socklab.make('code', {}, 'hostname -I'), socklab.both(' shows (macOS: ', ' (macOS: '),
    socklab.make('code', {}, 'ipconfig getifaddr en0'), ').');
  }

  // Until somebody speaks: what to do, and with what.
  function hint() {
    const secure = location.protocol === 'https:' ? '--insecure ' : '';
    return socklab.make('div', { class: 'hint' },
      socklab.make('p', {}, socklab.both('Open this address on your phone, say who you are, and type: ' +
        'every line is seen here and on everybody\'s page.', '휴대폰에서 이 주소를 열고 이름과 메시지를 ' +
        '쓰세요. 모든 줄이 여기와 모두의 화면에 나타납니다.')),
      socklab.make('p', {}, socklab.both('Or from a terminal: ', '터미널에서는: '),
        socklab.make('code', {}, `build/bin/ws_echo_client ${secure}${socklab.wsUrl('/chat')}`),
        socklab.both(', then "Ann: hello"', ' 실행 후 "지민: 안녕하세요"')));
  }

  function figure(name) {
    return socklab.make('b', { 'data-value': name }, '0');
  }

  function onSlide(demo) {
    const figures = { messages: figure('messages'), names: figure('names'), rate: figure('rate') };
    const status = socklab.make('span', { role: 'status', 'data-value': 'status' });
    const list = socklab.make('ol', { class: 'log', tabindex: '0' });
    demo.append(socklab.make('div', { class: 'live' }, address(), ...(isLoopback() ? [lonely()] : []),
      socklab.make('p', { class: 'settings' }, socklab.make('span', {}, figures.messages, ' ',
        socklab.both('messages', '메시지')), socklab.make('span', {}, figures.names, ' ',
        socklab.both('names', '이름')), socklab.make('span', {}, figures.rate, ' ',
        socklab.both('in the last second', '최근 1초')), status), list, hint()));
    socklab.stage(demo, new Room(list, figures, status));
  }

  socklab.demo('room', false, onSlide);
}());
