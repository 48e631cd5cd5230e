// SPDX-License-Identifier: MIT
// trace_test.mjs: every number that a figure or a sentence of the decks shows is looked up again in
// lessons/recorded/*.json, by code that shares nothing with slides/figures; captures are compared
// with what `bench ladder` reads in them.  Run by demos_test.mjs.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { address, decks, nothing, openPage, top } from './browser.mjs';
import { bin } from './server.mjs';

const folder = path.join(top, 'lessons/recorded');
const runs = new Map();
const SCALES = { 'µs': ['us', 1], ms: ['us', 1e3], s: ['us', 1e6], B: ['B', 1], KiB: ['B', 1024],
  MiB: ['B', 1048576], '1/s': ['1/s', 1], '': ['1', 1] };

function run(name) {
  if (!runs.has(name))
    runs.set(name, JSON.parse(fs.readFileSync(path.join(folder, `${name}.json`), 'utf8')));
  return runs.get(name);
}

const words = (text) => (text ?? '').split(/[\s,]+/).filter(Boolean);

/* The one row that fits; `of` is "ws" or "ws:tls=full,size=64", more: "depth=1", "model=loop". */
function rowOf({ run: name, measure, metric, params }, of, more = []) {
  const [transport, own] = of.split(/:(.*)/s);
  const wanted = [...words(params), ...words(own), ...more].map((pair) => pair.split('='));
  const rows = run(name).rows.filter((row) => row.transport === transport &&
    row.metric === metric && (!measure || row.measure === measure) &&
    wanted.every(([key, value]) => !(key in row.params) || String(row.params[key]) === value));
  assert.equal(rows.length, 1, `${rows.length} rows ${name} ${measure} ${of} ${metric} ${wanted}`);
  return rows[0];
}

/* Is `text` ("1,687 ms") this value, in this unit, rounded to the digits that are shown? */
function isValue(text, value, unit) {
  const [, digits, decimals = '', shown] = /^(-?[\d,]+(\.\d+)?) ?(\S*)$/.exec(text) ?? [];
  if (digits === undefined || !(shown in SCALES))
    return false;
  const [of, scale] = SCALES[shown];
  const half = 0.5001 * 10 ** -Math.max(0, decimals.length - 1);
  return (of === unit || (unit === '1' && shown === '')) &&
    Math.abs(value / scale - Number(digits.replaceAll(',', ''))) <= half;
}

const statistic = (row, stat) => (row.na !== undefined ? null
  : row[stat] !== undefined ? row[stat] : row.value !== undefined ? row.value : row.p50);

function checkRow(text, row, stat, what) {
  const value = statistic(row, stat);
  if (value === null)
    assert.match(text, /^n\/a/, `${what} shows ${text}`);
  else
    assert.ok(isValue(text, value, row.unit), `${what} shows ${text}, not ${value} ${row.unit}`);
}

/* "1.02× (1.01–1.03)": the run's own ratio where it has one, else the two values'. */
function checkRatio(text, row, base, what) {
  const numbers = (text.match(/[\d.,]+(?=[×–)]|$)/g) ?? []).map((one) => one.replaceAll(',', ''));
  const value = row.ratio?.to === base.transport ? row.ratio.value
    : statistic(row) / statistic(base);
  const expected = [value, ...(numbers.length > 1 ? row.ratio.ci95 : [])];
  expected.forEach((one, i) => assert.ok(isValue(numbers[i] ?? '', one, '1'),
    `${what} shows ${text}, not ${one}`));
}

function checkValue({ data, text }) {
  const what = `${data.run} ${data.of ?? ''} ${data.metric ?? data.wire}`;
  if (data.wire) {
    assert.equal(text, `${run(data.run).wire[data.wire]}${data.unit ? ` ${data.unit}` : ''}`, what);
    return;
  }
  const row = rowOf(data, data.of);
  if (data.param)
    assert.ok(isValue(text.replace(` ${data.unit}`, ''), row.params[data.param], '1'),
      `${what} ${data.param} shows ${text}, not ${row.params[data.param]}`);
  else if (data.ratioTo)
    checkRatio(text, row, rowOf(data, data.ratioTo), what);
  else
    checkRow(text, row, data.stat, what);
}

/* A label is "ws" or "ws resumed", or, where data-by tells rows of one transport apart, a model. */
function subject(label, data) {
  const all = words(data.of), names = label.split(' ');
  const own = all.length === 1 && data.by ? all[0]
    : all.find((of) => of.split(':')[0] === names[0] && words(of.split(/:(.*)/s)[1])
      .every((pair) => names.includes(pair.split('=')[1]) || words(data.params).includes(pair))) ??
      names[0];
  const by = words(data.by).map((name, i) =>
    `${name}=${names.find((one) => /^\d/.test(one) === (name !== 'model')) ?? names[i]}`);
  return { own, by };
}

const STATS = ['p50', 'p90', 'p99', 'max'];

function checkFigure({ kind, data, rows }) {
  const what = `${kind} of ${data.run} ${data.metric ?? data.metrics}`;
  const least = Math.max(1, words(data.of).length);
  assert.ok(rows.length >= least, `${what}: ${rows.length} rows for ${data.of}`);
  for (const [label, ...cells] of rows) {
    const { own, by } = subject(label, data);
    const metrics = words(data.metrics ?? data.metric);
    const found = metrics.map((metric) => rowOf({ ...data, metric }, own, by));
    if (kind === 'spread')
      withUnits(cells[0], '/').forEach((text, i) => checkRow(text,
        found[0][STATS[i]] === null ? { na: '' } : found[0], STATS[i], `${what} ${label}`));
    else if (kind === 'stack')
      withUnits(cells[0], '+').forEach((text, i) => checkRow(text,
        found.filter((one) => one.na === undefined)[i], undefined, `${what} ${label}`));
    else if (kind === 'grid')
      found.forEach((row, i) => checkRow(cells[i], row, data.stat, `${what} ${label}`));
    else
      checkBar(cells[0], found[0], data, own, `${what} ${label}`);
  }
}

function checkBar(text, row, data, own, what) {
  const [value, ratio] = text.split('  ');
  checkRow(value, row, data.stat, what);
  if (ratio)
    checkRatio(ratio, row, rowOf(data, data.ratio || row.ratio.to), what);
}

/* "40.1 + 41.6 ms" is two values of one unit. */
function withUnits(text, sign) {
  const parts = text.split(` ${sign} `), unit = / (\S+)$/.exec(text)?.[1] ?? '';
  return parts.map((part) => (/^n\/a|[^\d.,]$/.test(part) ? part : `${part} ${unit}`.trim()));
}

/* The last run's values stand at the lines' ends. */
function checkLines({ data, rows }) {
  const last = data.runs.split(' ').at(-1);
  assert.equal(rows.length, words(data.of).length, `lines for ${data.of}: ${rows}`);
  rows.forEach(([label, text]) => checkRow(text, rowOf({ ...data, run: last }, label), data.stat,
    `lines of ${last} ${label}`));
}

/* Lengths of linear bars are to each other as their values are. */
function checkLengths({ data, widths, rows }) {
  const values = rows.map(([label]) => statistic(rowOf(data, subject(label, data).own,
    subject(label, data).by), data.stat)).filter((one) => one !== null);
  const longest = values.indexOf(Math.max(...values));
  values.forEach((value, i) => assert.ok(Math.abs(Math.max(2,
    widths[longest] * value / values[longest]) - widths[i]) < 1, `bar ${i} of ${data.run} ${
    data.metric} is ${widths[i]} px`));
}

/* Runs in the page: what stands where. */
function gather() {
  const text = (one) => one.textContent.replace(/\s+/g, ' ').replace(/(\S) (\d[\d.,]*×)/, '$1  $2');
  function lines(figure) {
    const all = Array.from(figure.querySelectorAll('svg text:not(.quiet):not([lang=ko])'));
    const found = new Map();
    all.forEach((one) => found.set(one.getAttribute('y'),
      [...found.get(one.getAttribute('y')) ?? [], text(one)]));
    figure.querySelectorAll('svg text.quiet[lang=en]').forEach((one) =>
      found.get(one.getAttribute('y'))?.push(text(one)));
    return [...found.values()].filter((row) => row.length === 2 && /^(-?\d|n\/a)/.test(row[1]));
  }
  const ends = (figure) => Array.from(figure.querySelectorAll('svg text'))
    .map((one) => /^([a-z-]+) ([\d.,]+ \S+)$/.exec(text(one))?.slice(1)).filter(Boolean);
  const cells = (figure) => Array.from(figure.querySelectorAll('tbody tr, tr'))
    .filter((row) => row.querySelector('td') && row.querySelector('th') &&
      row.firstElementChild.localName === 'th')
    .map((row) => Array.from(row.children, (one) => {
      const english = one.querySelector('[lang=en]');
      return text(english ?? one);
    }));
  const kinds = ['bars', 'stack', 'spread', 'grid', 'lines', 'ladder'];
  const figures = Array.from(document.querySelectorAll('.figure'), (figure) => {
    const kind = kinds.find((one) => figure.classList.contains(one));
    return { kind, data: { ...figure.dataset }, slide: figure.closest('section')?.id,
      rows: kind === 'grid' ? cells(figure) : kind === 'lines' ? ends(figure) : lines(figure),
      widths: Array.from(figure.querySelectorAll('rect'),
        (one) => Number(one.getAttribute('width'))) };
  });
  const values = Array.from(document.querySelectorAll('.value[data-run]'), (one) =>
    ({ data: { ...one.dataset }, text: text(one), slide: one.closest('section')?.id }));
  return { figures, values };
}

function checkOne(found, said) {
  try {
    if (found.text !== undefined)
      checkValue(found);
    else if (found.kind === 'lines')
      checkLines(found);
    else if (found.kind !== 'ladder')
      checkFigure(found);
    if (found.kind === 'bars' && found.data.log === undefined)
      checkLengths(found);
  } catch (error) {
    said.push(`${found.slide}: ${error.message}`);
  }
}

/* The packets of a capture as the bench reads them, a list a conversation. */
function ladderOf(name) {
  const text = execFileSync(path.join(bin, 'bench'), ['ladder', path.join(folder, `${name}.pcap`)],
    { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return text.split(/^client /m).slice(1).map((one) => Array.from(
    one.matchAll(/^ *([\d.]+) ([cs]\d+) .*?[^\d.](\d+)(?:  .*)?$/gm), ([, ms, number, length]) =>
      `${number} ${Math.round(ms)} ms ${length} B`));
}

async function checkCaptures(page, said) {
  const names = await page.evaluate(() => [...new Set(Array.from(
    document.querySelectorAll('.figure.ladder'), (one) => one.dataset.run))]);
  for (const name of names) {
    const shown = await page.evaluate((of) => socklab.conversations(socklab.run(of))
      .map(({ packets }) => packets.map(({ number, clock, length }) =>
        `${number} ${Math.round(clock)} ms ${length} B`)), name);
    try {
      assert.deepEqual(shown, ladderOf(name));
    } catch (error) {
      said.push(`${name}.pcap: ${error.message.slice(0, 600)}`);
    }
  }
}

export const tracing = {
  every_number_that_is_drawn_is_in_the_json: async (browser) => {
    const said = [];
    let count = 0;
    for (const deck of decks) {
      const { page } = await openPage(browser, address(`${deck}.html`, null, 'en'));
      const { figures, values } = await page.evaluate(gather);
      [...figures, ...values].forEach((found) => checkOne(found, said));
      count += figures.length + values.length;
      await checkCaptures(page, said);
      await page.close();
    }
    nothing(said, 'numbers');
    assert.ok(count > 60, `only ${count} figures and values`);
  },
};
