// SPDX-License-Identifier: MIT
// figures.js: finds the figures of a page, draws them from the runs, and says below each what it
// was drawn from.  A kind of figure is a function in socklab.figures that returns what it drew.
(function () {
  'use strict';

  const kinds = socklab.figures = {};
  const space = 'http://www.w3.org/2000/svg';

  // --- SVG ---

  socklab.svg = (name, attributes, ...children) => {
    const element = document.createElementNS(space, name);
    Object.entries(attributes || {}).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...children);
    return element;
  };

  socklab.svgText = (x, y, text, attributes) =>
    socklab.svg('text', { x, y, 'font-size': 22, ...attributes }, text);

  // The same place, in two languages; once where they say the same.
  socklab.svgBoth = (x, y, words, attributes) => (words[0] === words[1]
    ? [socklab.svgText(x, y, words[0], attributes)]
    : ['en', 'ko'].map((lang, i) => socklab.svgText(x, y, words[i], { ...attributes, lang })));

  // What a text needs, roughly but never less: the figures are drawn before they are shown.
  socklab.textWidth = (text, size) => [...String(text)].reduce((sum, c) =>
    sum + (c > 'ᄀ' ? 1 : /[A-Z@mw—…×]/.test(c) ? 0.72 : /[ iljtfr.,:;'|!"()-]/.test(c) ? 0.37
      : 0.63), 0) * size;

  socklab.picture = (width, height, alternative, ...children) => {
    const svg = socklab.svg('svg', { viewBox: `0 0 ${width} ${height}`, width, height, role: 'img',
      'aria-label': alternative, class: 'drawn' }, ...children);
    svg.style.maxWidth = '100%';
    return svg;
  };

  const colours = { tcp: 'tcp', tls: 'tls', udp: 'udp', poll: 'poll', sse: 'sse', ws: 'ws',
    wss: 'wss', floor: 'floor', 'long-poll': 'long-poll' };

  socklab.colour = (transport) => `var(--${colours[transport] || 'http'}, #607080)`;

  // How much room the layout leaves: hidden slides have no size of their own to ask for.
  socklab.widthOf = (element) => {
    const columns = element.closest('.columns');
    const column = columns && [...columns.children].find((child) => child.contains(element));
    const first = column && column === columns.firstElementChild;
    const width = !columns ? 1150
      : columns.matches('.wide-left') ? (first ? 660 : 440)
      : columns.matches('.wide-right') ? (first ? 440 : 660) : 550;
    return Number(element.dataset.width) || width;
  };

  // --- what a figure is about ---

  const texts = (words) => (words || '').split(/\s+/).filter(Boolean);

  function byParams(data, want, subject) {
    const names = texts(data.by);
    if (names.length === 0)
      return [subject];
    const seen = new Map();
    socklab.run(data.run).json.rows.filter((row) => row.transport === subject.transport &&
      row.metric === want.metric && (!want.measure || row.measure === want.measure) &&
      Object.entries(subject.params).every(([name, value]) =>
        String(row.params[name]) === value))
      .forEach((row) => {
        const values = names.filter((name) => name in row.params)
          .map((name) => [name, String(row.params[name])]);
        seen.set(values.join(), { transport: subject.transport,
          params: { ...subject.params, ...Object.fromEntries(values) } });
      });
    return [...seen.values()];
  }

  function everybody(data, want) {
    return [...new Set(socklab.run(data.run).json.rows.filter((row) =>
      row.metric === want.metric && (!want.measure || row.measure === want.measure))
      .map((row) => row.transport))].map((transport) => ({ transport, params: {} }));
  }

  // A label says what sets a subject apart from the others of the figure.
  function label(subject, shared, alone) {
    const more = Object.entries(subject.params).filter(([name, value]) => shared[name] !== value)
      .map(([name, value]) => (/^\d+$/.test(value) ? `${value} ${name}` : value));
    return (alone && more.length > 0 ? more : [subject.transport, ...more]).join(' ');
  }

  // The subjects of data-of and data-by, each with its label: {transport, params, label}.
  socklab.subjects = (data, metric) => {
    const want = { metric, measure: data.measure };
    const shared = socklab.pairs(data.params);
    const of = data.of ? texts(data.of).map(socklab.subject) : everybody(data, want);
    const all = of.map((one) => ({ ...one, params: { ...shared, ...one.params } }))
      .flatMap((one) => byParams(data, want, one));
    const alone = Boolean(data.by) && of.length === 1;
    return all.map((one) => ({ ...one, label: label(one, shared, alone) }));
  };

  // The rows of one metric for all subjects: [{subject, row, run}].
  socklab.rowsOf = (data, metric) => socklab.subjects(data, metric).map((subject) =>
    ({ subject, ...socklab.find({ run: data.run, measure: data.measure, metric,
      transport: subject.transport, params: subject.params }) }));

  // Why something could not be measured, as the bench says it.
  socklab.na = (why) => [`n/a (${why})`, `n/a (${socklab.whyKo(why)})`];

  // --- the caption ---

  // The command without what only says where its result went.
  function command(json) {
    const words = json.argv.slice(1);
    const kept = words.filter((word, i) => !['--json', '--pcap', '--csv', '--md', '--html', '--svg',
      '--seed'].some((option) => word.startsWith(`${option}=`) || word === option ||
      words[i - 1] === option));
    return ['bench', ...kept].join(' ');
  }

  function counted(rows) {
    const n = rows.filter((row) => row.n !== undefined).map((row) => row.n);
    const least = Math.min(...n), most = Math.max(...n);
    return n.length === 0 ? '' : `n = ${least === most ? least : `${least}–${most}`}`;
  }

  function where(json) {
    return json.wire ? json.wire.spec.replace(/,?seed=\d+/, '').replace(/=/g, ' ')
      .replace(/(\d)ms/g, '$1 ms').replace(/,/g, ', ') : 'loopback';
  }

  // Where another one is named beside it, the date must do: a caption has two lines at most.
  function source(run, found, data, mixed) {
    if (!run.json)
      return ''; // a capture says neither when nor how
    const day = run.json.time.slice(0, 10);
    if (mixed && !run.own)
      return day;
    const rows = found.filter((one) => one.run === run).map((one) => one.row);
    const words = data.narrow ? command(run.json).replace(
      /( --(transports|baseline|rounds|count) \S+)+/g, ' …') : command(run.json);
    return [day, where(run.json), data.stat || '', counted(rows),
      run.own ? run.json.host.cpu : words].filter(Boolean).join(' · ');
  }

  // A line may end before an option, but not behind its hyphens.
  const unbroken = (text) => text.split(/(--\S+)/).map((part, i) => {
    const span = document.createElement('span');
    span.className = i % 2 ? 'option' : '';
    span.append(part);
    return span;
  });

  function sourceLine(run, found, data, mixed) {
    const text = source(run, found, data, mixed);
    const line = document.createElement('span');
    line.className = run.own ? 'source own' : 'source';
    const names = [...new Set(found.filter((one) => one.run === run)
      .map((one) => one.subject && one.subject.label).filter(Boolean))].join(', ');
    const who = mixed && names ? ` (${names})` : '';
    line.title = run.json ? command(run.json) : '';
    line.append(run.own ? socklab.both(`your own${who}: ${run.file} `, `내 측정${who}: ${run.file} `)
      : socklab.both(`recorded${who} `, `기록${who} `), ...unbroken(text));
    return line;
  }

  function caption(found, data, note) {
    const runs = [...new Set(found.map((one) => one.run))];
    const line = document.createElement('p');
    line.className = 'figure-source';
    const own = runs.filter((run) => run.own), recorded = runs.filter((run) => !run.own);
    own.forEach((run) => line.append(sourceLine(run, found, data, recorded.length > 0), ' '));
    if (recorded.length > 2) { // several runs of one series: the first speaks for all
      const first = sourceLine(recorded[0], found, data, own.length > 0);
      first.append(socklab.both(` (and ${recorded.length - 1} more like it)`,
        ` (같은 방식으로 ${recorded.length - 1}개 더)`));
      line.append(first);
    } else {
      recorded.forEach((run) => line.append(sourceLine(run, found, data, own.length > 0), ' '));
    }
    if (note)
      line.append(' · ', socklab.both(...note));
    if (socklab.ownButton)
      line.append(' ', socklab.ownButton());
    return line;
  }

  // --- drawing ---

  function refuse(element, error) {
    const line = document.createElement('p');
    line.className = 'figure-error';
    line.append(error.message);
    element.replaceChildren(line);
  }

  function draw(element) {
    const kind = Object.keys(kinds).find((name) => element.classList.contains(name));
    try {
      if (!kind)
        throw new Error(`no such figure: no kind among ${element.className}`);
      const width = socklab.widthOf(element), data = { ...element.dataset };
      data.narrow = width < 700;
      const drawn = kinds[kind](data, width);
      element.replaceChildren(drawn.picture, caption(drawn.found, data, drawn.note));
    } catch (error) {
      refuse(element, error);
    }
  }

  // Draws again, after the runs have changed.
  socklab.drawFigures = () => {
    document.querySelectorAll('.figure').forEach(draw);
    socklab.drawValues();
  };

  document.addEventListener('DOMContentLoaded', () => socklab.drawFigures());
}());
