// SPDX-License-Identifier: MIT
// race.js: four ways to hear of the same events, side by side.  hear.js listens, scoreboard.js
// counts, this file shows: per lane tr[data-lane="poll|long-poll|sse|ws"] with data-value="state
// last median lag heard missed requests empty bytes recorded"; p.notice says what is wrong.
// At most three HTTP connections and a WebSocket: browsers allow six to a server, all tabs together.
(function () {
  'use strict';

  const ways = [['poll', 'polling', '폴링'], ['long-poll', 'long polling', '롱 폴링'],
    ['sse', 'SSE', 'SSE'], ['ws', 'WebSocket', '웹소켓']];
  const columns = [['median', 'lag, median', '지연, 중앙값'], ['lag', 'lag, last', '지연, 최근'],
    ['last', 'last event', '최근 이벤트'], ['heard', 'heard', '들음'], ['missed', 'missed', '놓침'],
    ['requests', 'asked', '요청'], ['empty', 'empty answers', '빈 응답'],
    ['bytes', 'bytes read', '읽은 바이트']];
  const periods = [250, 500, 1000, 2000, 5000];
  const states = {
    paused: ['paused', '멈춤'], asking: ['asking', '요청 중'], listening: ['listening', '듣는 중'],
    gone: ['gone, retrying', '끊김, 재시도 중'],
    silent: ['no events here', '이벤트 없음'], refused: ['refused', '거절됨'],
  };

  function head() {
    const names = [['way', '방식'], ['events as they come', '도착하는 이벤트'],
      ...columns.map(([, en, ko]) => [en, ko]),
      ['bytes an event, recorded', '이벤트당 바이트(기록)']];
    return socklab.make('thead', {}, socklab.make('tr', {}, ...names.map(([en, ko]) =>
      socklab.make('th', { scope: 'col' }, socklab.both(en, ko)))));
  }

  // Where a recorded run is loaded, figures.js fills this in.
  function recorded(way) {
    return socklab.make('span', { class: 'value', 'data-run': 'hearing', 'data-measure': 'push',
      'data-of': way, 'data-metric': 'bytes_per_event', 'data-value': 'recorded' });
  }

  // One row: its parts are found by their names later.
  function laneRow([way, en, ko]) {
    const parts = { track: socklab.make('div', { class: 'track', 'aria-hidden': 'true' }),
      state: socklab.make('span', { class: 'state', 'data-value': 'state' }) };
    const row = socklab.make('tr', { 'data-lane': way },
      socklab.make('th', { scope: 'row', class: `t-${way}` }, socklab.both(en, ko)),
      socklab.make('td', {}, parts.track, parts.state));
    columns.forEach(([name]) => {
      parts[name] = socklab.make('td', { 'data-value': name }, '–');
      row.append(parts[name]);
    });
    row.append(socklab.make('td', {}, recorded(way)));
    return { row, parts };
  }

  function addMark(track, lag) {
    if (matchMedia('(prefers-reduced-motion: reduce)').matches || track.childElementCount > 40)
      return;
    const mark = socklab.make('span', { class: lag > 0 ? 'mark' : 'mark first' });
    mark.addEventListener('animationend', () => mark.remove());
    track.append(mark);
  }

  function legend() {
    const mark = (kind) => socklab.make('span', { class: kind, 'aria-hidden': 'true' });
    return socklab.make('p', { class: 'small' }, mark('mark first'),
      socklab.both(' heard of that event first ', ' 그 이벤트를 가장 먼저 들음 '), mark('mark'),
      socklab.both(' heard of it later', ' 나중에 들음'));
  }

  function write(cell, text) {
    if (cell.textContent !== text)
      cell.textContent = text;
  }

  function showLane(parts, lane, median) {
    write(parts.median, median === null ? '–' : socklab.ms(median));
    write(parts.lag, lane.lag === null ? '–' : socklab.ms(lane.lag));
    write(parts.last, lane.last > 0 ? String(lane.last) : '–');
    ['heard', 'missed', 'requests', 'empty', 'bytes'].forEach((name) => {
      write(parts[name], lane[name].toLocaleString('en'));
    });
  }

  class Race {
    constructor(demo) {
      this.rows = Object.fromEntries(ways.map((way) => [way[0], laneRow(way)]));
      this.board = new socklab.Scoreboard(ways.map(([way]) => way), () => this.restarted());
      this.period = 1000;
      this.paused = false;
      this.shown = false;
      this.stopper = null;
      this.draw(demo);
      this.setStates('paused');
    }

    draw(demo) {
      const live = socklab.make('div', { class: 'live' });
      const rows = ways.map(([way]) => this.rows[way].row);
      this.notice = socklab.make('p', { class: 'notice', role: 'status' });
      live.append(this.controls(), socklab.make('table', {}, head(),
        socklab.make('tbody', {}, ...rows)), this.notice, legend(), socklab.make('p', { class: 'small' },
        socklab.both('Lag: after the first of the four lanes that heard of the same event. A page ' +
          'sees bodies and messages, not the heads of HTTP, nor TCP and IP: the last column has all, ' +
          'from a recorded run.',
        '지연은 같은 이벤트를 네 방식 중 가장 먼저 들은 쪽을 기준으로 잽니다. 페이지는 본문과 메시지만 ' +
          '볼 수 있고 HTTP 헤더와 TCP/IP는 보지 못합니다. 마지막 칸은 기록된 실행에서 잰 전체 바이트입니다.')));
      demo.append(live);
    }

    controls() {
      this.toggle = socklab.button('pause', '멈춤', () => this.press());
      this.toggle.dataset.action = 'toggle';
      const reset = socklab.button('reset', '처음부터', () => this.reset());
      const select = socklab.choice(periods.map((ms) =>
        [String(ms), ...Array(2).fill(ms < 1000 ? `${ms} ms` : `${ms / 1000} s`)]),
      String(this.period), () => { this.period = Number(select.value); });
      return socklab.make('p', { class: 'settings' }, this.toggle, reset,
        socklab.labelled('poll every', '폴링 주기', select),
        socklab.make('span', {}, socklab.both('± 25 %, so as not to fall in step with the events',
          '± 25 %: 이벤트와 박자가 맞지 않게 흩뜨립니다')));
    }

    press() {
      this.paused = !this.paused;
      if (this.paused)
        socklab.tell(this.toggle, 'start', '시작');
      else
        socklab.tell(this.toggle, 'pause', '멈춤');
      this.look();
    }

    reset() {
      this.stop();
      this.board.begin();
      this.say('', '');
      this.look();
      this.paint();
    }

    // What both the audience (the slide is shown) and the button want.
    look() {
      const wanted = this.shown && !this.paused;
      if (wanted && !this.stopper)
        this.start();
      else if (!wanted)
        this.stop();
    }

    start() {
      this.stopper = new AbortController();
      this.setStates('asking');
      ways.forEach(([way]) => socklab.hear[way](this.ear(way, this.stopper.signal)));
      this.timer = setInterval(() => this.paint(), 200);
    }

    stop() {
      if (!this.stopper)
        return;
      this.stopper.abort();
      this.stopper = null;
      this.board.leave();
      clearInterval(this.timer);
      this.setStates('paused');
    }

    // What a way of hearing tells while it listens: nothing any more once it was stopped.
    ear(way, signal) {
      const count = (name, n) => {
        if (!signal.aborted)
          this.board.lanes[way][name] += n;
      };
      return { signal, period: () => this.period,
        request: () => signal.aborted || this.board.asks(way),
        answered: () => signal.aborted || this.board.answered(way), bytes: (n) => count('bytes', n),
        empty: () => count('empty', 1),
        line: (text) => signal.aborted || this.hear(way, text),
        state: (word) => signal.aborted || this.setState(way, word) };
    }

    hear(way, text) {
      const said = socklab.Scoreboard.parse(text);
      if (!said)
        return;
      if (said.gap !== undefined) {
        this.board.gap(way, said.gap);
        return;
      }
      const lag = this.board.heard(way, said.seq, said.t, performance.now());
      if (lag !== null)
        addMark(this.rows[way].parts.track, lag);
    }

    setStates(word) {
      ways.forEach(([way]) => this.setState(way, word));
    }

    setState(way, word) {
      const { state } = this.rows[way].parts;
      if (state.dataset.state === word)
        return;
      state.dataset.state = word;
      socklab.tell(state, ...states[word]);
      const refusal = ['silent', 'refused'].includes(word);
      if (refusal)
        this.refused = { way, en: socklab.refusals[word][0] };
      if (refusal)
        this.say(...socklab.refusals[word]);
      else if (word === 'listening' && this.refused?.way === way && this.said === this.refused.en)
        this.say('', '');
    }

    restarted() {
      this.say('Server restarted: counted anew.', '서버가 다시 시작되어 처음부터 셉니다.');
    }

    say(en, ko) {
      if (this.said !== en)
        socklab.tell(this.notice, en, ko);
      this.said = en;
    }

    paint() {
      ways.forEach(([way]) =>
        showLane(this.rows[way].parts, this.board.lanes[way], this.board.median(way)));
    }
  }

  socklab.demo('race', false, (demo) => {
    const race = new Race(demo);
    const show = (shown) => { race.shown = shown; race.look(); };
    socklab.stage(demo, { start: () => show(true), stop: () => show(false) });
  });
}());
