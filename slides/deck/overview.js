// SPDX-License-Identifier: MIT
// overview.js: all slides at once, the black screen, and the full one.
(function () {
  'use strict';

  const deck = socklab.deck;
  const root = document.documentElement;
  const gap = 16;
  let columns = 1;

  const isOpen = () => root.classList.contains('overview');

  function place() {
    if (!isOpen())
      return;
    columns = Math.min(Math.max(Math.round(innerWidth / 320), 2), 5);
    const width = (document.body.clientWidth - gap) / columns;
    const factor = (width - gap) / 1280;
    root.style.setProperty('--small', factor);
    deck.sections.forEach((section, i) => {
      section.style.setProperty('--x', gap + (i % columns) * width + 'px');
      section.style.setProperty('--y',
        gap + Math.floor(i / columns) * (720 * factor + gap) + 'px');
    });
  }

  const show = () => deck.sections[deck.place.at].scrollIntoView({ block: 'nearest' });

  // Small slides cannot be used, only chosen: inert, or Tab would wander through all of them.
  function toggle() {
    root.classList.toggle('overview');
    deck.sections.forEach((section) => { section.inert = isOpen(); });
    deck.scale();
    place();
    if (isOpen())
      show();
    else
      scrollTo(0, 0);
  }

  deck.pressInOverview = (key) => {
    const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
    if (!isOpen() || !(steps[key] || key === 'Enter'))
      return false;
    if (key === 'Enter')
      toggle();
    else if (deck.sections[deck.place.at + steps[key]])
      deck.go(deck.place.at + steps[key], 0);
    return true;
  };

  // What is inert hears no click: so it is found by where it is.
  function click(event) {
    root.classList.remove('blackout');
    if (!isOpen() || event.target.closest('nav, dialog'))
      return;
    const picked = deck.sections.findIndex((section) => {
      const box = section.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right &&
        event.clientY >= box.top && event.clientY < box.bottom;
    });
    if (picked < 0)
      return;
    deck.go(picked, 0);
    toggle();
  }

  // From the speaker's window the browser refuses: a page may fill the screen only when its own
  // key or button asked.
  function fill() {
    if (document.fullscreenElement)
      document.exitFullscreen();
    else if (root.requestFullscreen)
      root.requestFullscreen().catch(() => {});
  }

  function changed() {
    root.classList.remove('blackout');
    if (isOpen())
      show();
  }

  function escape() {
    if (root.classList.contains('blackout'))
      root.classList.remove('blackout');
    else
      toggle();
  }

  socklab.commands.push(
    { keys: ['o'], sign: '▦', en: 'Overview', ko: '전체 보기', act: toggle },
    { keys: ['f'], sign: '⤢', en: 'Full screen', ko: '전체 화면', act: fill },
    { keys: ['b', '.'], en: 'Black screen', ko: '화면 끄기',
      act: () => root.classList.toggle('blackout') },
    { keys: ['Escape'], en: 'Leave a field; overview', ko: '입력란 나가기, 전체 보기',
      act: escape });

  addEventListener('resize', place);
  document.addEventListener('slidechange', changed);
  if (!deck.preview)
    document.addEventListener('click', click);
}());
