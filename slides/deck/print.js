// SPDX-License-Identifier: MIT
// print.js: on paper, each slide is a page of its own; as a handout (N, or ?print=notes) each is
// an A4 page with its notes below.  The browser's own "print" gives the slides, too.
(function () {
  'use strict';

  const deck = socklab.deck;
  const slides = document.querySelector('.slides');
  const paper = document.createElement('style');
  const size = (of) => { paper.textContent = `@page { size: ${of}; }`; };

  function page(section, i) {
    const element = document.createElement('div');
    const sheet = document.createElement('div');
    const number = document.createElement('p');
    const notes = section.querySelector('aside.notes');
    element.className = 'page';
    sheet.className = 'sheet';
    number.textContent = `${i + 1} / ${deck.sections.length}`;
    sheet.append(section);
    element.append(sheet, number);
    if (notes)
      element.append(notes.cloneNode(true));
    return element;
  }

  function handout() {
    document.documentElement.classList.add('handout');
    size('A4 portrait; margin: 10mm');
    slides.append(...deck.sections.map(page));
  }

  function slidesAgain() {
    document.documentElement.classList.remove('handout');
    size('1280px 720px; margin: 0');
    slides.replaceChildren(...deck.sections);
  }

  function printHandout() {
    handout();
    addEventListener('afterprint', slidesAgain, { once: true });
    print();
  }

  document.head.append(paper);
  size('1280px 720px; margin: 0');
  if (new URLSearchParams(location.search).get('print') === 'notes')
    handout();
  socklab.commands.push(
    { keys: ['P'], en: 'Print the slides', ko: '슬라이드 인쇄', act: () => print() },
    { keys: ['N'], en: 'Print with notes', ko: '노트와 함께 인쇄', act: printHandout });
}());
