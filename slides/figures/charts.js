// SPDX-License-Identifier: MIT
// charts.js: several metrics (stack, grid), several percentiles (spread), several runs (lines).
(function () {
  'use strict';

  const { svg, svgText, svgBoth, textWidth } = socklab;
  const words = (text) => (text || '').split(/\s+/).filter(Boolean);
  const gap = 14, size = 24;

  const widest = (texts) => Math.max(0, ...texts.map((text) => textWidth(text, size)));

  const metricsOf = (data) => {
    const metrics = words(data.metrics);
    if (metrics.length === 0)
      throw new Error('no such figure: data-metrics names none');
    return metrics;
  };

  const na = (stat) => `n/a (${stat.na})`;

  const exact = (one) => one.row.value !== undefined;

  // --- stack: what a whole is made of ---

  const shades = [1, 0.62, 0.35, 0.8, 0.48, 0.22];

  // A part that a transport does not have (no TLS in this transport) takes no room.
  function stackOf(data, metrics, subject) {
    const parts = metrics.map((metric) => {
      const found = socklab.find({ run: data.run, measure: data.measure, metric,
        transport: subject.transport, params: subject.params });
      return { ...found, subject, metric, ...socklab.statistic(found.row, data.stat) };
    });
    return { subject, parts, total: parts.reduce((sum, part) => sum + (part.value || 0), 0) };
  }

  const plain = (metric) => socklab.metric(metric)[0];

  // The shades' names, on as many lines as they need.
  function legend(metrics, width) {
    let x = 0, y = 0;
    const signs = metrics.flatMap((metric, i) => {
      const names = socklab.metric(metric);
      const room = Math.max(...names.map((name) => textWidth(name, 22))) + 56;
      y += x > 0 && x + room > width ? 32 : 0;
      x = x > 0 && x + room > width ? 0 : x;
      const at = x;
      x += room;
      return [svg('rect', { x: at, y: y + 6, width: 26, height: 20, fill: 'currentColor',
        'fill-opacity': shades[i % shades.length] }), ...svgBoth(at + 34, y + 24, names)];
    });
    return { signs, height: y + 40 };
  }

  function stackText(stack, unit) {
    const measured = stack.parts.filter((part) => part.na === undefined);
    return measured.length === 0 ? na(stack.parts[0])
      : measured.map((part) => socklab.show(part.value, { ...unit, suffix: '' }, exact(part)))
        .join(' + ') + unit.suffix;
  }

  function drawStack(stack, i, at, unit) {
    const y = at.top + (i + 0.5) * at.row;
    let from = 0;
    const parts = stack.parts.filter((part) => part.value > 0).map((part) => {
      const x = at.x + at.scale.at(from);
      from += part.value;
      return svg('rect', { x, y: y - 16, height: 32, width: Math.max(1, at.scale.at(part.value)),
        fill: socklab.colour(stack.subject.transport), class: 'part',
        'fill-opacity': shades[stack.parts.indexOf(part) % shades.length] });
    });
    return [svgText(at.x - gap, y + 8, stack.subject.label, { 'text-anchor': 'end',
      'font-size': size }), ...parts,
    svgText(at.x + at.scale.at(stack.total) + 10, y + 8, stackText(stack, unit),
      { 'font-size': 22 })];
  }

  function describeStack(stack, unit) {
    const parts = stack.parts.map((part) => `${plain(part.metric)} ` +
      (part.na !== undefined ? na(part) : socklab.show(part.value, unit, exact(part))));
    return `${stack.subject.label}: ${parts.join(', ')}`;
  }

  socklab.figures.stack = (data, width) => {
    const metrics = metricsOf(data);
    const stacks = socklab.subjects(data, metrics[0]).map((subject) =>
      stackOf(data, metrics, subject));
    const most = Math.max(0, ...stacks.map((stack) => stack.total));
    const unit = socklab.unit(stacks[0].parts[0].row.unit, most, data.unit);
    const x = widest(stacks.map((stack) => stack.subject.label)) + gap;
    const texts = stacks.map((stack) => textWidth(stackText(stack, unit), 22));
    const room = width - x - Math.max(...texts) - 14;
    const { signs, height } = legend(metrics, width);
    const scale = socklab.scale(false, [], most, Math.max(80, room));
    const at = { x, top: height, row: 46, scale };
    const picture = socklab.picture(width, at.top + stacks.length * at.row,
      stacks.map((stack) => describeStack(stack, unit)).join('; '), ...signs,
      ...stacks.flatMap((stack, i) => drawStack(stack, i, at, unit)));
    return { picture, found: stacks.flatMap((stack) => stack.parts) };
  };

  // --- spread: the slow ones, on a logarithmic axis ---

  const percentiles = ['p50', 'p90', 'p99', 'max'];

  // A percentile for which there were too few samples is left out, and said so.
  function spreadOf(one) {
    const stats = percentiles.map((name) => ({ name, ...socklab.statistic(one.row, name) }));
    return { ...one, na: one.row.na, dots: stats.filter((stat) => stat.na === undefined),
      missing: stats.filter((stat) => stat.na !== undefined).map((stat) => stat.name) };
  }

  function drawDots(one, i, at) {
    const y = at.top + (i + 0.5) * at.row, colour = socklab.colour(one.subject.transport);
    const name = svgText(at.x - gap, y + 8, one.subject.label, { 'text-anchor': 'end',
      'font-size': size });
    if (one.na !== undefined)
      return [name, ...svgBoth(at.x, y + 8, socklab.na(one.na), { 'font-size': 20 })];
    const place = (dot) => at.x + at.scale.at(dot.value);
    const ends = [place(one.dots[0]), place(one.dots[one.dots.length - 1])];
    return [name, svg('line', { x1: ends[0], x2: ends[1], y1: y, y2: y, stroke: colour,
      'stroke-width': 4 }),
    ...one.dots.map((dot) => svg('path', { fill: colour, d: {
      p50: 'M-4 -15h8v30h-8Z', p90: 'M0 -10L10 0L0 10L-10 0Z',
      p99: 'M-9 9L0 -9L9 9Z', max: 'M-2 -11h4v22h-4Z' }[dot.name],
    transform: `translate(${place(dot)} ${y})` })),
    svgText(at.textX, y + 8, at.tell(one), { 'font-size': 20 })];
  }

  function spreadLegend() {
    const signs = ['▮ p50', '◆ p90', '▲ p99', '❙ max'];
    return signs.map((sign, i) => svgText(i * 110, 24, sign));
  }

  socklab.figures.spread = (data, width) => {
    const all = socklab.rowsOf(data, data.metric).map(spreadOf);
    const values = all.flatMap((one) => one.dots.map((dot) => dot.value));
    const most = Math.max(0, ...values), unit = socklab.unit(all[0].row.unit, most, data.unit);
    const tell = (one) => percentiles.map((name) => {
      const dot = one.dots.find((other) => other.name === name);
      return dot ? socklab.show(dot.value, { ...unit, suffix: '' }) : 'n/a';
    }).join(' / ') + unit.suffix;
    const x = widest(all.map((one) => one.subject.label)) + gap + 8;
    const told = Math.max(...all.map((one) => textWidth(tell(one), 20)));
    const at = { x, top: 40, row: 46, tell, textX: width - told,
      scale: socklab.scale(true, values, most, width - x - told - 30) };
    const bottom = at.top + all.length * at.row;
    const picture = socklab.picture(width, bottom + 30, all.map((one) =>
      `${one.subject.label}: ${percentiles.join(' / ')} ${one.na ? na(one) : tell(one)}`)
      .join('; '), ...spreadLegend(), ...socklab.drawTicks(at.scale, x, at.top, bottom, unit),
    ...all.flatMap((one, i) => drawDots(one, i, at)));
    return { picture, found: all };
  };

  // --- grid: a table ---

  function cell(one, unit) {
    return one.na !== undefined ? socklab.both(...socklab.na(one.na))
      : socklab.show(one.value, unit, exact(one));
  }

  function rowsFor(data, columns) {
    return socklab.subjects(data, columns[0].metric).map((subject) => ({ subject,
      cells: columns.map((column) => ({ subject, ...socklab.find({ run: data.run,
        measure: data.measure, metric: column.metric, transport: subject.transport,
        params: { ...subject.params, ...column.params } }) }))
        .map((one) => ({ ...one, ...socklab.statistic(one.row, data.stat) })) }));
  }

  // The columns: each metric, or one metric across the values of a param.
  function columnsOf(data) {
    if (!data.across)
      return metricsOf(data).map((metric) => ({ head: socklab.both(...socklab.metric(metric)), metric,
        params: {} }));
    const values = [...new Set(socklab.run(data.run).json.rows.filter((row) =>
      row.metric === data.metric && data.across in row.params)
      .map((row) => String(row.params[data.across])))];
    return values.map((value) => ({ head: `${value} ${data.across}`, metric: data.metric,
      params: { [data.across]: value } }));
  }

  function element(name, ...children) {
    const made = document.createElement(name);
    made.append(...children);
    return made;
  }

  socklab.figures.grid = (data) => {
    const columns = columnsOf(data);
    const rows = rowsFor(data, columns);
    const units = columns.map((column, i) => socklab.unit(rows[0].cells[i].row.unit,
      Math.max(0, ...rows.map((row) => row.cells[i].value || 0)), data.unit));
    const head = element('tr', element('td'), ...columns.map((column) =>
      element('th', column.head)));
    const body = rows.map(({ subject, cells }) => element('tr', element('th', subject.label),
      ...cells.map((one, i) => element('td', cell(one, units[i])))));
    return { picture: element('table', element('thead', head), element('tbody', ...body)),
      found: rows.flatMap((row) => row.cells) };
  };

  // --- lines: one line a transport, over several runs ---

  function xOf(run, name) {
    const x = run.json.wire ? run.json.wire[name] : name === 'rtt_ms' ? 0 : undefined;
    if (typeof x !== 'number')
      throw new Error(`no such figure: the run ${run.name} has no ${name}`);
    return x;
  }

  function points(data, name) {
    const run = socklab.run(name);
    return socklab.subjects({ ...data, run: name }, data.metric).map((subject) => ({ subject,
      x: xOf(run, data.x || 'rtt_ms'), ...socklab.find({ run: name, measure: data.measure,
        metric: data.metric, transport: subject.transport, params: subject.params,
        exactRtt: true }) }))
      .map((one) => ({ ...one, ...socklab.statistic(one.row, data.stat) }));
  }

  const markers = ['M-7 -7h14v14h-14Z', 'M0 -9L9 0L0 9L-9 0Z', 'M-8 8L0 -8L8 8Z',
    'M-8 -8L0 8L8 -8Z', 'M-9 -3h18v6h-18Z', 'M-3 -9h6v18h-6Z'];

  function drawLine(line, i, at) {
    const colour = socklab.colour(line[0].subject.transport);
    const places = line.filter((one) => one.na === undefined)
      .map((one) => [at.x(one.x), at.y(one.value)]);
    return [svg('path', { d: `M${places.map((place) => place.join(' ')).join('L')}`,
      class: 'line', stroke: colour }),
    ...places.map(([x, y]) => svg('path', { d: markers[i % markers.length], fill: colour,
      transform: `translate(${x} ${y})` }))];
  }

  // At the right end of each line: its name and its last value, moved apart.
  function drawNames(lines, at, unit) {
    const ends = lines.map((line) => line.filter((one) => one.na === undefined).pop())
      .filter(Boolean).map((one) => ({ one, y: at.y(one.value) + 8 })).sort((a, b) => a.y - b.y);
    for (let i = ends.length - 2; i >= 0; i--)
      ends[i].y = Math.min(ends[i].y, ends[i + 1].y - 28);
    return ends.map(({ one, y }) => svgText(at.right + 16, y,
      `${one.subject.label} ${socklab.show(one.value, unit, exact(one))}`, { 'font-size': size }));
  }

  function drawAxes(at, xs, most, unit) {
    const ys = [0, 0.25, 0.5, 0.75, 1].map((share) => share * most);
    return [...ys.flatMap((y) => [
      svg('line', { x1: at.left, x2: at.right, y1: at.y(y), y2: at.y(y), class: 'tick' }),
      svgText(at.left - 10, at.y(y) + 7, socklab.show(y, unit), { 'text-anchor': 'end',
        'font-size': 20 })]),
    ...xs.flatMap((x) => [svg('line', { x1: at.x(x), x2: at.x(x), y1: at.bottom,
      y2: at.bottom + 6, class: 'whisker' }),
    ...(x >= xs[xs.length - 1] / 10 || x === 0 ? [svgText(at.x(x), at.bottom + 28,
      socklab.count(x), { 'text-anchor': 'middle', 'font-size': 20 })] : [])])];
  }

  // The greatest round number that is not much above: ticks shall be readable.
  function roundUp(v) {
    const power = 10 ** Math.floor(Math.log10(v));
    return [1, 2, 4, 5, 8, 10].map((step) => step * power).find((step) => step >= v * 0.98);
  }

  function describeLine(line, unit) {
    const told = line.map((one) => `${one.x}: ${one.na !== undefined ? na(one)
      : socklab.show(one.value, unit, exact(one))}`);
    return `${line[0].subject.label}: ${told.join(', ')}`;
  }

  socklab.figures.lines = (data, width) => {
    const found = words(data.runs).flatMap((name) => points(data, name));
    const lines = [...new Set(found.map((one) => one.subject.label))].map((label) =>
      found.filter((one) => one.subject.label === label).sort((a, b) => a.x - b.x));
    const xs = [...new Set(found.map((one) => one.x))].sort((a, b) => a - b);
    const unit = socklab.unit(found[0].row.unit, Math.max(...found.map((one) => one.value || 0)),
      data.unit);
    const most = roundUp(Math.max(...found.map((one) => one.value || 0)) / unit.scale) * unit.scale;
    const height = Number(data.height) || 380, left = 110, bottom = height - 62;
    const right = width - widest(lines.map((line) => `${line[0].subject.label} 00,000 ms`)) - 10;
    const at = { left, right, bottom, x: (v) => left + v / xs[xs.length - 1] * (right - left),
      y: (v) => bottom - v / most * (bottom - 20) };
    const title = (data.x || 'rtt_ms').replace(/_ms$/, ' (ms)').replace(/_percent$/, ' (%)');
    const picture = socklab.picture(width, height, lines.map((line) => describeLine(line, unit))
      .join('; '), ...drawAxes(at, xs, most, unit),
    ...lines.flatMap((line, i) => drawLine(line, i, at)),
    ...drawNames(lines, at, unit), svgText((left + right) / 2, height - 6, title,
      { 'text-anchor': 'middle', 'font-size': 20 }));
    return { picture, found };
  };
}());
