// SPDX-License-Identifier: MIT
// runs.js: the bench's runs, and one figure out of them: found, or refused with a reason.
// A run is recorded (slides/recorded/NAME.js) or one's own (own.js), whose rows go first.
(function () {
  'use strict';

  socklab.run = (name) => {
    const run = socklab.runs.get(name);
    if (!run)
      throw new Error(`no such figure: the run ${name} is not loaded`);
    return run;
  };

  // "tls=full depth=1" as an object.
  socklab.pairs = (words) => Object.fromEntries((words || '').split(/\s+/).filter(Boolean)
    .map((word) => {
      const at = word.indexOf('=');
      return at < 0 ? [word, ''] : [word.slice(0, at), word.slice(at + 1)];
    }));

  // A subject is a transport, with what sets it apart from others of the same name:
  // "wss", "wss:tls=resumed", "tcp:model=loop,connections=4".
  socklab.subject = (word) => {
    const [transport, more] = word.split(/:(.*)/s);
    return { transport, params: socklab.pairs((more || '').replace(/,/g, ' ')) };
  };

  function fits(row, want) {
    return row.metric === want.metric && row.transport === want.transport &&
      (!want.measure || row.measure === want.measure) &&
      Object.entries(want.params).every(([name, value]) =>
        !(name in row.params) || String(row.params[name]) === value);
  }

  // What would tell these rows apart.
  function differences(rows) {
    const names = new Set(rows.flatMap((row) => Object.keys(row.params)));
    const found = [...names].map((name) => {
      const values = new Set(rows.map((row) => String(row.params[name])));
      return values.size > 1 ? `${name}=${[...values].join('|')}` : '';
    }).filter(Boolean);
    const measures = new Set(rows.map((row) => row.measure));
    return measures.size > 1 ? `measure=${[...measures].join('|')}` : found.join(' ');
  }

  // Conditions that make two runs the same experiment, not only the same metric: whether there
  // was a wire, and what its --wire did to packets.  How far it was may vary.
  function conditions(json) {
    if (!json.wire)
      return 'loopback';
    return json.wire.spec.split(',').filter((part) => !/^(rtt|seed)=/.test(part)).sort().join();
  }

  const details = ['pin', 'counted_by', 'push_every_ms', 'poll_every_ms', 'workers', 'rtt_ms'];

  function sameParams(a, b) {
    const names = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...names].every((name) => details.includes(name) || a[name] === b[name]);
  }

  // The row of one's own run that stands for a recorded one, if there is one.  What the slide asks
  // for by name must be so in it, too: its sentences speak of that.
  function replacement(run, row, want) {
    const own = want.recorded ? null : socklab.own;
    if (!own || conditions(own.json) !== conditions(run.json))
      return null;
    const found = own.json.rows.filter((other) => other.measure === row.measure &&
      other.unit === row.unit && fits(other, { ...want, transport: row.transport }) &&
      (!want.exactRtt || other.params.rtt_ms === row.params.rtt_ms) &&
      sameParams(other.params, row.params));
    return found.length === 1 ? { row: found[0], run: own } : null;
  }

  // want: {run, measure, metric, transport, params, exactRtt, recorded}.
  // Returns {row, run}, or throws.
  socklab.find = (want) => {
    const run = socklab.run(want.run);
    const what = [want.run, want.measure, want.transport, want.metric,
      ...Object.entries(want.params).map((pair) => pair.join('='))].filter(Boolean).join(' ');
    const rows = run.json.rows.filter((row) => fits(row, want));
    const known = (name) => run.json.rows.some((row) => name in row.params);
    const unknown = Object.keys(want.params).find((name) => !known(name));
    if (unknown)
      throw new Error(`no such figure: ${what}: no row has ${unknown}`);
    if (rows.length === 0)
      throw new Error(`no such figure: ${what}`);
    if (rows.length > 1)
      throw new Error(`no such figure: ${what} is several: choose by ${differences(rows)}`);
    return replacement(run, rows[0], want) || { row: rows[0], run };
  };

  // One statistic of a row: {value, low, high}, or {na: why}.  Exact counts have only a value.
  socklab.statistic = (row, stat) => {
    if (row.na !== undefined)
      return { na: row.na };
    const exact = row.value !== undefined;
    const name = stat || (exact ? 'value' : 'p50');
    const found = name === 'predicted' ? row.predicted : exact && name === 'p50' ? row.value
      : row[name];
    if (found === undefined)
      throw new Error(`no such figure: ${row.metric} has no ${name}`);
    if (found === null)
      return { na: name === 'predicted' ? 'nothing is predicted' : `too few samples for ${name}` };
    const central = (name === 'p50' || name === 'value') && row.ci95;
    return { value: found, low: central ? row.ci95[0] : null, high: central ? row.ci95[1] : null };
  };

  // A row's ratio to another's: the bench's own, with its interval, where that is the baseline.
  socklab.ratio = (row, baseline) => {
    if (row.na !== undefined || baseline.na !== undefined)
      return { na: row.na || baseline.na };
    if (row.ratio && row.ratio.to === baseline.transport && row.ratio.value !== undefined &&
        row.ratio.value !== null && !('tls' in baseline.params && baseline.params.tls !== 'full')) {
      const ci = row.ratio.ci95 || [null, null];
      return { value: row.ratio.value, low: ci[0], high: ci[1] };
    }
    if (row.ratio === null && row.unit !== 'B' && row.unit !== '1')
      return { na: 'no ratio where something was lost' };
    const over = socklab.statistic(row).value, under = socklab.statistic(baseline).value;
    return under > 0 ? { value: over / under, low: null, high: null }
      : { na: 'the baseline is 0' };
  };

  // --- numbers: as many digits as mean something, as bench/report/figure.c has it ---

  // C rounds what lies exactly between two to the even one, JavaScript to the greater.
  function fixed(v, decimals) {
    const tie = Number.isInteger(v * 2 ** (decimals + 1)) && v * 10 ** decimals % 1 === 0.5;
    const floor = Math.floor(v * 10 ** decimals);
    return tie ? ((floor + floor % 2) / 10 ** decimals).toFixed(decimals) : v.toFixed(decimals);
  }

  const grouped = (v) => fixed(v, 0).replace(/\B(?=(\d{3})+$)/g, ',');

  socklab.number = (v) => {
    if (v < 0)
      return `-${socklab.number(-v)}`;
    if (v >= 99.95 || v === 0)
      return grouped(v);
    return fixed(v, v < 0.9995 ? 3 : v < 9.995 ? 2 : 1);
  };

  socklab.count = (v) => (Math.abs(v - Math.round(v)) < 0.05 || v >= 1000 ? grouped(v)
    : fixed(v, 1));

  socklab.times = (v) => `${v >= 99.95 ? grouped(v) : fixed(v, v < 9.995 ? 2 : 1)}×`;

  // What a unit is in each unit that may be shown.
  const scales = {
    us: { us: 1, ms: 1e3, s: 1e6 },
    B: { B: 1, KiB: 1024, MiB: 1048576 },
    '1/s': { '1/s': 1 },
    1: { 1: 1 },
  };

  // One unit for all of a figure's values: the largest one says which.
  socklab.unit = (unit, largest, wanted) => {
    const to = scales[unit];
    if (!to || (wanted && !to[wanted]))
      throw new Error(`no such figure: ${unit} can't be shown as ${wanted || 'anything'}`);
    const fitting = Object.keys(to).filter((name) => Math.abs(largest) / to[name] >= 10);
    const name = wanted || fitting.pop() || unit;
    const shown = { us: ' µs', 1: '' }[name];
    return { name, scale: to[name], suffix: shown === undefined ? ` ${name}` : shown };
  };

  // exact: a count, whose digits are all known.
  socklab.show = (value, unit, exact) => {
    const digits = exact && unit.scale === 1 && unit.name !== 'us' && unit.name !== '1/s';
    return (digits ? socklab.count : socklab.number)(value / unit.scale) + unit.suffix;
  };

  // --- figures within a sentence ---

  const wanted = (data, of) => ({ run: data.run, measure: data.measure, metric: data.metric,
    transport: of.transport, params: { ...socklab.pairs(data.params), ...of.params },
    recorded: data.recorded !== undefined });

  // The wire of a run; of one's own, where the sentence speaks of a row that comes from there.
  function wireFigure({ dataset: data }) {
    const run = data.metric ? socklab.find(wanted(data, socklab.subject(data.of || ''))).run
      : socklab.run(data.run);
    const value = run.json.wire ? run.json.wire[data.wire] : undefined;
    if (value === undefined || value === null)
      throw new Error(`no such figure: ${run.name} has no wire with ${data.wire}`);
    return { text: typeof value === 'number' ? socklab.count(value) +
      (data.unit ? ` ${data.unit}` : '') : String(value), run };
  }

  function ratioFigure(found, want, data) {
    const to = socklab.subject(data.ratioTo);
    const baseline = socklab.find({ ...want, transport: to.transport,
      params: { ...socklab.pairs(data.params), ...to.params } });
    const { na, value, low, high } = socklab.ratio(found.row, baseline.row);
    const ci = low === null || na ? '' : `95 %: ${socklab.times(low)} – ${socklab.times(high)}` +
      (low <= 1 && high >= 1 ? ', no difference shown' : '');
    return { text: na ? `n/a (${na})` : socklab.times(value), title: ci, run: found.run };
  }

  function rowFigure(element) {
    const data = element.dataset;
    const of = socklab.subject(data.of || '');
    const want = wanted(data, of);
    const found = socklab.find(want);
    if (data.param) {
      const param = found.row.params[data.param];
      if (param === undefined)
        throw new Error(`no such figure: ${data.run} ${data.of} has no ${data.param}`);
      return { text: socklab.count(param) + (data.unit ? ` ${data.unit}` : ''), run: found.run };
    }
    if (data.ratioTo)
      return ratioFigure(found, want, data);
    const { na, value } = socklab.statistic(found.row, data.stat);
    if (na !== undefined)
      return { text: `n/a (${na})`, run: found.run };
    const unit = socklab.unit(found.row.unit, value, data.unit);
    const exact = found.row.value !== undefined;
    const text = data.digits ? (value / unit.scale).toFixed(Number(data.digits)) + unit.suffix
      : socklab.show(value, unit, exact);
    return { text, run: found.run };
  }

  function drawValue(element) {
    element.classList.remove('figure-error', 'own');
    element.removeAttribute('title');
    try {
      const { text, title, run } = element.dataset.wire ? wireFigure(element)
        : rowFigure(element);
      element.textContent = text;
      element.title = [title, run.own ? run.file : ''].filter(Boolean).join('; ');
      element.classList.toggle('own', run.own);
    } catch (error) {
      element.textContent = error.message;
      element.classList.add('figure-error');
    }
  }

  socklab.drawValues = () => document.querySelectorAll('.value[data-run]').forEach(drawValue);
}());
