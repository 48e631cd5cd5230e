// SPDX-License-Identifier: MIT
// bars.js: horizontal bars: of one metric (bars), or of several, one behind the other (stack).
(function () {
  'use strict';

  const { svg, svgText, svgBoth, textWidth } = socklab;
  const gap = 14;

  // The bench's reasons, in Korean; others stay as they are.
  socklab.whyKo = (why) => ({
    'no TLS in this transport': '이 전송 방식에는 TLS가 없음',
    'nothing to upgrade in this transport': '이 전송 방식에는 업그레이드가 없음',
    'with one subscriber the first is the last': '구독자가 하나면 처음이 곧 마지막',
    'one message is all that a connection carries': '연결 하나가 메시지 하나만 나름',
    'no ratio where something was lost': '손실이 있으면 비를 내지 않음',
    'nothing is predicted': '예측 없음',
  }[why] || why);

  // A metric's name, [English, Korean]; the bench's own where there is no Korean one.
  const metrics = { connect: '연결', upgrade: '업그레이드', tls: 'TLS', payload_bytes: '페이로드',
    header_bytes: '헤더', tls_bytes: 'TLS', tcpip_bytes: 'TCP/IP', kernel_bytes: '커널',
    user_bytes: '서버 프로세스', first: '첫 사람', median: '가운데', last: '마지막',
    served: '응답받음', threads: '스레드', memory: '메모리' };

  socklab.metric = (name) => {
    const plain = name.replace(/_/g, ' ');
    return [plain, metrics[name] || plain];
  };

  const widest = (texts, size) => Math.max(0, ...texts.map((text) => textWidth(text, size)));

  const largest = (bars) => Math.max(0, ...bars.map((bar) => bar.value || 0));

  // --- scales: from a value to pixels ---

  function linear(values, most, width) {
    const at = (v) => Math.max(0, v) / (most || 1) * width;
    return { at, ticks: [] };
  }

  function logarithmic(values, most, width) {
    const positive = values.filter((v) => v > 0);
    const low = 10 ** Math.floor(Math.log10(Math.min(...positive)) - 0.001);
    const decades = Math.log10(most / low) || 1;
    const ticks = [];
    for (let tick = low; tick <= most * 1.001 && ticks.length < 12; tick *= 10)
      ticks.push(tick);
    const at = (v) => (v > low ? Math.log10(v / low) / decades * width : 0);
    return { at, ticks };
  }

  socklab.scale = (log, values, most, width) =>
    (log && values.some((v) => v > 0) ? logarithmic : linear)(values, most, width);

  // Light lines at the decades of a logarithmic scale, labelled below.
  socklab.drawTicks = (scale, x, top, bottom, unit) => scale.ticks.flatMap((tick) => [
    svg('line', { x1: x + scale.at(tick), x2: x + scale.at(tick), y1: top, y2: bottom,
      class: 'tick' }),
    svgText(x + scale.at(tick), bottom + 24, socklab.show(tick, unit, true),
      { 'text-anchor': 'middle', 'font-size': 20, class: 'quiet' }),
  ]);

  // --- one metric ---

  function bar(found, data, baseline) {
    const stat = socklab.statistic(found.row, data.stat);
    return { ...found, ...stat, ratio: baseline && socklab.ratio(found.row, baseline.row) };
  }

  function ratioText(ratio) {
    if (!ratio || ratio.na)
      return '';
    const ci = ratio.low === null || ratio.low === ratio.high ? ''
      : ` (${socklab.times(ratio.low).slice(0, -1)}–${socklab.times(ratio.high).slice(0, -1)})`;
    return `${socklab.times(ratio.value)}${ci}`;
  }

  function whisker(one, scale, x, y) {
    if (one.low === null || one.low === undefined)
      return [];
    const from = x + scale.at(one.low), to = x + scale.at(one.high);
    return [svg('path', { d: `M${from} ${y - 7}v14M${from} ${y}H${to}M${to} ${y - 7}v14`,
      class: 'whisker' })];
  }

  function drawBar(one, i, at) {
    const y = (i + 0.5) * at.row, baseline = y + at.size * 0.36;
    const name = svgText(at.x - gap, baseline, one.subject.label,
      { 'text-anchor': 'end', 'font-size': at.size });
    if (one.na !== undefined)
      return [name, ...svgBoth(at.x, baseline, socklab.na(one.na),
        { 'font-size': 20, class: 'quiet' })];
    const end = Math.max(at.scale.at(one.value), one.high ? at.scale.at(one.high) : 0);
    return [name,
      svg('rect', { x: at.x, y: y - at.row * 0.32, height: at.row * 0.64,
        width: Math.max(2, at.scale.at(one.value)),
        fill: socklab.colour(one.subject.transport) }),
      ...whisker(one, at.scale, at.x, y),
      svgText(at.x + end + 10, baseline, one.text, { 'font-size': at.size })];
  }

  // What the figure says, for those who can't see it.
  function alternative(data, bars) {
    return `${[data.measure, data.metric, data.stat].filter(Boolean).join(' ')}: ` +
      bars.map((one) => `${one.subject.label} ${one.na !== undefined ? `n/a (${one.na})`
        : one.text}`).join(', ');
  }

  const baselineOf = (data, found) => {
    if (data.ratio === undefined)
      return null;
    const given = found.find((one) => one.row.ratio);
    const name = data.ratio || (given ? given.row.ratio.to : found[0].subject.transport);
    const to = socklab.subject(name);
    return socklab.find({ run: data.run, measure: data.measure, metric: data.metric,
      transport: to.transport, params: { ...socklab.pairs(data.params), ...to.params } });
  };

  function addTexts(bars, data) {
    const unit = socklab.unit(bars[0].row.unit, largest(bars), data.unit);
    bars.filter((one) => one.na === undefined).forEach((one) => {
      const exact = one.row.value !== undefined;
      one.text = [socklab.show(one.value, unit, exact), ratioText(one.ratio)]
        .filter(Boolean).join('  ');
    });
    return unit;
  }

  // What is drawn beside this, of another run: seen together, both need one scale.
  const besides = (data) => (data.beside === undefined ? []
    : socklab.rowsOf({ ...data, run: data.beside }, data.metric).map((one) => bar(one, data)));

  function place(bars, data, width, many) {
    const size = many ? 22 : 26;
    const x = widest(bars.map((one) => one.subject.label), size) + gap;
    const room = width - x - widest(bars.map((one) => one.text || ''), size) - 16;
    const values = bars.map((one) => one.value).filter((v) => v !== undefined);
    const most = Math.max(largest(bars), ...bars.map((one) => one.high || 0));
    const scale = socklab.scale(data.log !== undefined, values, most, room);
    return { row: many ? 36 : 48, size, x, scale };
  }

  socklab.figures.bars = (data, width) => {
    const found = socklab.rowsOf(data, data.metric);
    const baseline = baselineOf(data, found);
    const bars = found.map((one) => bar(one, data, baseline));
    const both = [...bars, ...besides(data)];
    const unit = addTexts(both, data);
    const at = place(both, data, width, bars.length > 8);
    const bottom = bars.length * at.row;
    const picture = socklab.picture(width, bottom + (at.scale.ticks.length ? 30 : 0),
      alternative(data, bars), ...socklab.drawTicks(at.scale, at.x, 0, bottom, unit),
      ...bars.flatMap((one, i) => drawBar(one, i, at)));
    return { picture, found };
  };
}());
