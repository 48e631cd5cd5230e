// SPDX-License-Identifier: MIT
// bar.js: what stands around the slides: buttons, "3 / 20", progress, help, and what a screen
// reader is told.  The last script: its buttons and the help are made of all commands.
(function () {
  'use strict';

  const deck = socklab.deck;
  const root = document.documentElement;

  function add(name, parent, attributes, ...children) {
    const element = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => element.setAttribute(key, value));
    element.append(...children);
    parent.append(element);
    return element;
  }

  function button(bar, command) {
    const sign = add('span', bar, { 'aria-hidden': 'true' }, command.sign);
    const words = add('span', bar, { class: 'words' }, socklab.both(command.en, command.ko));
    add('button', bar, { type: 'button' }, sign, words).onclick = command.act;
  }

  const shown = { ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓', ' ': 'Space',
    Escape: 'Esc' };

  function row(table, command) {
    const cell = add('tr', table, {}).insertCell();
    command.keys.forEach((key) => cell.append(add('kbd', cell, {}, shown[key] || key), ' '));
    cell.parentNode.insertCell().append(socklab.both(command.en, command.ko));
  }

  function helpBox() {
    const box = add('dialog', document.body, { class: 'help', 'aria-labelledby': 'help-title' });
    add('h2', box, { id: 'help-title' }, socklab.both('Keys', '키'));
    const table = add('tbody', add('table', box, {}), {});
    socklab.commands.forEach((command) => row(table, command));
    const close = add('button', box, { type: 'button' }, socklab.both('Close', '닫기'));
    close.onclick = () => box.close();
    return box;
  }

  let box = null;
  function help() {
    box = box || helpBox();
    if (!box.open)
      box.showModal();
  }

  // One clear line over the slide, for as long as it takes to read it.
  deck.say = (en, ko) => {
    const line = add('p', document.body, { class: 'said', role: 'alert' },
      socklab.both(en, ko));
    setTimeout(() => line.remove(), 8000);
  };

  let idle = 0;
  function wake() {
    root.classList.remove('idle');
    clearTimeout(idle);
    idle = setTimeout(() => root.classList.add('idle'), 3000);
  }

  if (deck.preview)
    return;
  socklab.commands.push({ keys: ['?', 'h'], sign: '?', en: 'Help', ko: '도움말', act: help });
  const bar = add('nav', document.body, { class: 'bar' });
  const count = add('span', bar, { class: 'count' });
  socklab.commands.filter((one) => one.sign).forEach((one) => button(bar, one));
  const progress = add('div', document.body, { class: 'progress', 'aria-hidden': 'true' });
  const heard = add('div', document.body, { class: 'heard', 'aria-live': 'polite' });

  function name() {
    bar.setAttribute('aria-label', socklab.language() === 'ko' ? '발표' : 'Presenting');
  }

  function update() {
    const { at } = deck.place;
    count.textContent = `${at + 1} / ${deck.sections.length}`;
    progress.style.setProperty('--done', (at + 1) / deck.sections.length);
  }

  let announced = deck.place.at;
  function announce() {
    if (announced !== deck.place.at)
      heard.textContent = deck.label(deck.place.at);
    announced = deck.place.at;
  }

  name();
  update();
  wake();
  document.addEventListener('languagechange', name);
  document.addEventListener('slidechange', () => { update(); announce(); });
  ['pointermove', 'pointerdown', 'focusin'].forEach((type) =>
    document.addEventListener(type, wake, { passive: true }));
}());
