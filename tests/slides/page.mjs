// SPDX-License-Identifier: MIT
// page.mjs: as much of a page as the figures' scripts need, without a browser: elements that keep
// what is put into them, and the recorded runs.
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

export const top = process.env.SOCKLAB_TOP ||
  path.join(path.dirname(fileURLToPath(import.meta.url)), '../..');

class Element {
  constructor(name) {
    Object.assign(this, { name, attributes: {}, children: [], dataset: {}, style: {}, own: '' });
    const classes = new Set();
    this.classList = { add: (one) => classes.add(one), contains: (one) => classes.has(one),
      remove: (...some) => some.forEach((one) => classes.delete(one)),
      toggle: (one, on) => (on ? classes.add(one) : classes.delete(one)) };
  }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  removeAttribute(name) { delete this.attributes[name]; }
  append(...some) { this.children.push(...some); }
  replaceChildren(...some) { this.children = some; }
  addEventListener() {}
  closest() { return null; }
  set textContent(text) { this.children = [text]; }
  get textContent() {
    return this.children.map((one) => (typeof one === 'string' ? one : one.textContent)).join('');
  }
  all(name) {
    return this.children.flatMap((one) => (typeof one === 'string' ? []
      : [...(one.name === name ? [one] : []), ...one.all(name)]));
  }
}

const camel = (name) => name.replace(/-(.)/g, (_, c) => c.toUpperCase());

/* A page with all runs and figures' scripts; its document is listed by `found`. */
export function openPage() {
  const found = [];
  const document = { found, documentElement: new Element('html'), body: new Element('body'),
    createElement: (name) => new Element(name), createElementNS: (space, name) => new Element(name),
    createDocumentFragment: () => new Element('fragment'), addEventListener() {},
    querySelectorAll: (query) => found.filter((one) =>
      one.classList.contains(query.slice(1).replace(/\[.*/, ''))) };
  const context = vm.createContext({ document, console, TextDecoder, TextEncoder, URL, Element,
    URLSearchParams, atob, setTimeout, clearTimeout, navigator: { language: 'en' },
    location: { search: '', protocol: 'file:', href: 'file:///x' },
    sessionStorage: { getItem: () => null, setItem() {}, removeItem() {} } });
  context.window = context;
  const run = (file) => vm.runInContext(fs.readFileSync(file, 'utf8'), context,
    { filename: path.basename(file) });
  const slides = (name) => path.join(top, 'slides', name);
  run(slides('deck/words.js'));
  vm.runInContext('var socklab = window.socklab', context);
  fs.readdirSync(slides('recorded')).forEach((name) => run(slides(`recorded/${name}`)));
  ['runs', 'figures', 'bars', 'charts', 'own', 'pcap', 'say', 'ladder'].forEach((name) =>
    run(slides(`figures/${name}.js`)));
  return { socklab: context.socklab, found };
}

/* What one figure or value draws: figure(page, 'figure bars', {run: 'here', ...}). */
export function draw(page, classes, data) {
  const element = new Element('div');
  element.className = classes;
  classes.split(' ').forEach((one) => element.classList.add(one));
  Object.entries(data).forEach(([name, value]) => { element.dataset[camel(name)] = value; });
  page.found.splice(0, page.found.length, element);
  page.socklab.drawFigures();
  return element;
}
