// SPDX-License-Identifier: MIT
// distance.js: the same four handshakes, further and further away.  Each stop of the slider is a
// recording of its own: nothing is computed but `predicted`, which stands beside what was measured.
// For tests: input[type="range"] (0 .. number of recordings - 1), output (the round-trip time),
// and td[data-of="udp|tcp|ws|wss:tls=full"][data-value="round_trips|predicted|measured"].
(function () {
  'use strict';

  const names = ['rtt-5ms', 'rtt-20ms', 'round-trips', 'rtt-80ms', 'rtt-160ms', 'rtt-320ms'];
  const lanes = ['udp', 'tcp', 'ws', 'wss:tls=full'];
  const size = { width: 284, height: 320, say: false };

  const rowOf = (name, of, metric) => socklab.find({ run: name, measure: 'handshake', metric,
    transport: socklab.subject(of).transport, params: socklab.subject(of).params, exactRtt: true });

  // What is drawn of a recording: all up to the first reply.
  function laddersOf(name) {
    return lanes.map((of) => {
      const conversation = socklab.pickConversation(socklab.run(name), of);
      return socklab.ladderPackets(conversation, { part: 'connect tls upgrade message' });
    });
  }

  function measured(name, of) {
    const { na, value } = socklab.statistic(rowOf(name, of, 'total').row, 'p50');
    return na === undefined ? socklab.show(value, socklab.unit('us', value, 'ms')) : `n/a (${na})`;
  }

  // trips is what the bench counted; only the multiplication is ours.
  function figuresOf(name, of) {
    const rtt = socklab.run(name).json.wire.rtt_ms;
    const trips = socklab.statistic(rowOf(name, of, 'round_trips').row).value;
    return { round_trips: socklab.count(trips), measured: measured(name, of),
      predicted: `${socklab.count(trips)} × ${rtt} = ${socklab.count(trips * rtt)} ms` };
  }

  function figureRow(metric, en, ko) {
    return socklab.make('tr', {}, socklab.make('th', { scope: 'row' }, socklab.both(en, ko)),
      ...lanes.map((of) => socklab.make('td', { 'data-of': of, 'data-value': metric })));
  }

  class Distance {
    constructor(demo) {
      this.until = socklab.laddersEnd(names.flatMap(laddersOf));
      this.slider = socklab.make('input', { type: 'range', min: '0', step: '1',
        max: String(names.length - 1), value: '4' });
      this.output = socklab.make('output');
      this.pictures = lanes.map(() => socklab.make('div'));
      this.table = this.figures();
      this.note = socklab.make('p', { class: 'small', 'data-value': 'recorded' });
      this.slider.addEventListener('input', () => this.draw());
      demo.append(socklab.make('div', { class: 'live' }, this.controls(),
        socklab.make('div', { class: 'pictures' }, ...this.pictures), this.table, this.note));
      this.draw();
    }

    controls() {
      return socklab.make('p', { class: 'settings' }, socklab.make('label', {},
        socklab.both('round-trip time', '왕복 시간'), ' ', this.slider), this.output);
    }

    figures() {
      const head = lanes.map((of) =>
        socklab.make('th', { scope: 'col' }, socklab.subject(of).transport));
      return socklab.make('table', {}, socklab.make('thead', {},
        socklab.make('tr', {}, socklab.make('td'), ...head)), socklab.make('tbody', {},
        figureRow('round_trips', 'round trips', '왕복 수'),
        figureRow('predicted', 'predicted', '예측'),
        figureRow('measured', 'measured', '측정')));
    }

    draw() {
      const name = names[Number(this.slider.value)], { json } = socklab.run(name);
      const rtt = `${json.wire.rtt_ms} ms`;
      this.output.textContent = rtt;
      this.slider.setAttribute('aria-valuetext', rtt);
      laddersOf(name).forEach((packets, i) => socklab.drawLadder(this.pictures[i], packets,
        { ...size, title: socklab.subject(lanes[i]).transport, until: this.until }));
      lanes.forEach((of) => this.fill(of, figuresOf(name, of)));
      this.sayRecorded(name, json);
    }

    fill(of, figures) {
      Object.entries(figures).forEach(([metric, text]) => {
        this.table.querySelector(`[data-of="${of}"][data-value="${metric}"]`).textContent = text;
      });
    }

    sayRecorded(name, json) {
      const own = lanes.some((of) => rowOf(name, of, 'total').run.own);
      const day = String(json.time).slice(0, 10), spec = `--wire ${json.wire.spec}`;
      socklab.tell(this.note,
        `Until a message can go. Recorded ${day}: ${spec}, p50` +
          `${own ? '; some figures are your own' : ''}. All stops have one time axis.`,
        `메시지를 보낼 수 있기까지. 기록 ${day}: ${spec}, p50` +
          `${own ? ', 일부는 직접 잰 값' : ''}. 시간 축은 모든 거리에서 같습니다.`);
    }
  }

  socklab.demo('distance', 'whole', (demo) => new Distance(demo));
}());
