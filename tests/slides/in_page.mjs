// SPDX-License-Identifier: MIT
// in_page.mjs: what the tests look at inside of a page.  Its source is sent there: nothing from
// outside of inPage() can be used.  Lengths are those of the canvas, 1280 by 720.
export function inPage() {
  const SLACK = 2; // canvas pixels: rounding, and what a font's ascent takes
  const SMALLEST = 20;
  const langOf = (element) => element.getAttribute('lang'); // an SVG's elements have no .lang
  const present = () => document.querySelector('.slides > section.present');
  const stage = () => document.querySelector('.slides').getBoundingClientRect();
  const words = (text) => text.replace(/\s+/g, ' ').trim();

  function isShown(element) {
    for (let at = element; at instanceof Element; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.display === 'none' || style.opacity === '0')
        return false;
    }
    return getComputedStyle(element).visibility === 'visible';
  }

  // An SVG draws larger or smaller than its own units; its size on the page says how much.
  function enlargement(element) {
    const svg = element.closest('svg');
    if (!svg || !svg.viewBox.baseVal || !svg.viewBox.baseVal.width)
      return 1;
    const box = svg.getBoundingClientRect(), inner = svg.viewBox.baseVal;
    return Math.min(box.width / inner.width, box.height / inner.height) * 1280 / stage().width;
  }

  // Where Firefox finds a text whose letters are placed one by one is not where it draws it.
  function boxesOf(node) {
    const range = document.createRange();
    range.selectNodeContents(node);
    const isPlaced = /\d\s+\d/.test(node.parentElement.getAttribute('x') ?? '');
    return (isPlaced ? node.parentElement : range).getClientRects();
  }

  // Every run of text that can be seen: { text, element, size, boxes }
  function texts(root) {
    const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const canvas = stage(), scale = 1280 / canvas.width;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const element = node.parentElement;
      if (!words(node.data) || element.closest('aside.notes, script, style, title, option') ||
          !isShown(element))
        continue;
      const boxes = Array.from(boxesOf(node), (box) => ({
        left: (box.left - canvas.left) * scale, right: (box.right - canvas.left) * scale,
        top: (box.top - canvas.top) * scale, bottom: (box.bottom - canvas.top) * scale,
      })).filter((box) => box.right - box.left > 1.5 && box.bottom - box.top > 1.5);
      if (boxes.length)
        found.push({ text: words(node.data).slice(0, 40), element, boxes,
          size: parseFloat(getComputedStyle(element).fontSize) * enlargement(element) });
    }
    return found;
  }

  const isOutside = (box) => box.left < -SLACK || box.top < -SLACK ||
    box.right > 1280 + SLACK || box.bottom > 720 + SLACK;

  // Line boxes may touch: what is compared is the middle of each, where the letters are.
  function overlap(a, b) {
    const height = (box) => (box.bottom - box.top) * 0.22;
    return Math.min(a.right, b.right) - Math.max(a.left, b.left) > 3 &&
      Math.min(a.bottom - height(a), b.bottom - height(b)) -
      Math.max(a.top + height(a), b.top + height(b)) > 1;
  }

  const isTurned = (element) => element instanceof SVGElement &&
    element.closest('[transform*="rotate"], [transform*="matrix"]');

  function overlaps(all) {
    const said = [], flat = all.filter(({ element }) => !isTurned(element));
    flat.forEach((one, i) => flat.slice(i + 1).forEach((other) => {
      if (one.boxes.some((a) => other.boxes.some((b) => overlap(a, b))))
        said.push(`"${one.text}" lies on "${other.text}"`);
    }));
    return said;
  }

  // What is cut off or would scroll; an element that is meant to scroll says so by tabindex.
  function cut(section) {
    const said = [];
    for (const one of section.querySelectorAll('*')) {
      if (one instanceof SVGElement || one.closest('aside.notes, [tabindex="0"], select') ||
          one.clientWidth < 2 || !isShown(one) ||
          (getComputedStyle(one).overflowX === 'visible' &&
            getComputedStyle(one).overflowY === 'visible'))
        continue;
      if (one.scrollWidth > one.clientWidth + SLACK || one.scrollHeight > one.clientHeight + SLACK)
        said.push(`<${one.localName} class="${one.className}"> holds ${one.scrollWidth}x${
          one.scrollHeight}, has ${one.clientWidth}x${one.clientHeight}`);
    }
    return said;
  }

  // Boxes, too, stay on the canvas: a picture, a block of code.
  function outside(section) {
    const canvas = stage(), scale = 1280 / canvas.width;
    return Array.from(section.querySelectorAll('svg, img, pre, table, p, ul, ol, .predict, button'))
      .filter((one) => isShown(one) && !one.closest('aside.notes') && one.clientHeight > 2)
      .filter((one) => {
        const box = one.getBoundingClientRect();
        return (box.bottom - canvas.top) * scale > 720 + SLACK ||
          (box.right - canvas.left) * scale > 1280 + SLACK;
      }).map((one) => `<${one.localName} class="${one.getAttribute('class') ?? ''}"> is outside`);
  }

  function slideProblems() {
    const section = present();
    section.querySelectorAll('.fragment').forEach((one) => one.classList.add('visible'));
    const all = texts(section), said = [...cut(section), ...outside(section)];
    for (const { text, boxes, size } of all) {
      const box = boxes.find(isOutside);
      if (box)
        said.push(`"${text}" is outside: ${Object.values(box).map(Math.round)}`);
      if (size < SMALLEST - 0.2)
        said.push(`"${text}" is ${size.toFixed(1)} px small`);
      if (/no such figure|undefined|NaN|\[object /.test(text))
        said.push(`says "${text}"`);
    }
    if (all.length === 0)
      said.push('shows no text');
    if (!section.querySelector('h1, h2'))
      said.push('has no heading');
    return [...said, ...overlaps(all)].map((one) => `${section.id}: ${one}`);
  }

  const isAt = (n) => present() === document.querySelectorAll('.slides > section')[n];

  async function goTo(n) {
    location.hash = '#/' + n;
    for (let i = 0; i < 200 && !isAt(n); i++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    if (!isAt(n))
      throw new Error(`#/${n} does not lead there`);
  }

  const count = () => document.querySelectorAll('.slides > section').length;

  async function layoutProblems() {
    const said = [];
    for (let n = 0; n < count(); n++) {
      await goTo(n);
      said.push(...slideProblems());
    }
    const page = document.documentElement;
    if (page.scrollWidth > innerWidth || page.scrollHeight > innerHeight)
      said.push(`the page scrolls: ${page.scrollWidth}x${page.scrollHeight}`);
    return said;
  }

  const isEmpty = (element) => !words(element.textContent) &&
    !element.querySelector('svg, img, .figure, .value, path, line, rect');

  // Every text has a partner in the other language, beside it; neither is empty.
  function languageProblems() {
    const said = [];
    const where = (one) => `${one.closest('section')?.id ?? 'outside of slides'}: "${
      words(one.textContent).slice(0, 40)}"`;
    document.querySelectorAll('body [lang]').forEach((one) => {
      const children = Array.from(one.parentNode.children);
      const number = (lang) => children.filter((child) => langOf(child) === lang).length;
      if (number('en') !== number('ko'))
        said.push(`${where(one)}: ${number('en')} in English, ${number('ko')} in Korean`);
      // A status has nothing to say at first, in both languages.
      if (isEmpty(one) && !children.filter(langOf).every(isEmpty))
        said.push(`${where(one)}: <${one.localName} lang=${langOf(one)}> is empty`);
    });
    return said;
  }

  // Korean outside of what is Korean, where an English sentence may quote a word of it; and on a
  // slide a sentence that is in no language (below a figure is what the bench calls its options).
  function strayTexts() {
    const said = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const language = langOf(node.parentElement.closest('[lang]'));
      const number = (letters) => (node.data.match(letters) ?? []).length;
      if (node.parentElement.closest('script, style, title, code, pre, input, svg, .demo, button'))
        continue;
      if (language !== 'ko' && number(/[가-힣]/g) > number(/[A-Za-z]/g))
        said.push(`Korean outside of lang=ko: "${words(node.data).slice(0, 40)}"`);
      if (node.parentElement.closest('section') && /([A-Za-z]{2,}[ ,]+){3}/.test(node.data) &&
          !node.parentElement.closest('section [lang], .figure'))
        said.push(`a sentence in no language: "${words(node.data).slice(0, 40)}"`);
    }
    return said;
  }

  function notesProblems() {
    const said = [];
    document.querySelectorAll('.slides > section').forEach((section) => {
      const notes = section.querySelectorAll('aside.notes');
      if (notes.length !== 1)
        said.push(`${section.id}: ${notes.length} notes`);
      else
        ['en', 'ko'].forEach((lang) => {
          const text = Array.from(notes[0].querySelectorAll(`[lang=${lang}]`))
            .map((one) => one.textContent).join(' ');
          if (words(text).length < 40)
            said.push(`${section.id}: no notes in ${lang}`);
        });
    });
    return said;
  }

  function state() {
    const all = Array.from(document.querySelectorAll('.slides > section'));
    return { at: all.indexOf(present()), hash: location.hash, count: all.length,
      fragments: present()?.querySelectorAll('.fragment.visible').length,
      language: document.documentElement.lang };
  }

  return { layoutProblems, slideProblems, languageProblems, strayTexts, notesProblems, state, goTo,
    count, texts, isShown, langOf };
}
