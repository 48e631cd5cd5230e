// SPDX-License-Identifier: MIT
// keys.js: the keyboard and the finger.  What is typed into a field stays there (Escape leaves
// it), and the browser's own combinations are left alone.  A command is { keys, en, ko, act };
// help lists it, and with a `sign` it has a button, too.  Others push theirs.
(function () {
  'use strict';

  const deck = socklab.deck;
  let digits = '';

  const commands = socklab.commands = socklab.commands.concat([
    { keys: ['ArrowLeft', 'ArrowUp', 'PageUp', 'p'], sign: '‹', act: deck.previous,
      en: 'Previous', ko: '이전' },
    { keys: ['ArrowRight', 'ArrowDown', 'PageDown', ' ', 'n'], sign: '›', act: deck.next,
      en: 'Next', ko: '다음' },
    { keys: ['Home'], en: 'First slide', ko: '첫 슬라이드', act: () => deck.go(0, 0) },
    { keys: ['End'], en: 'Last slide', ko: '마지막 슬라이드', act: () => deck.go(Infinity, 0) },
    { keys: ['1–9 Enter'], en: 'Slide by its number', ko: '번호로 가기', act: () => {} },
    { keys: ['t'], sign: '한/A', en: 'Language', ko: '언어',
      act: () => socklab.setLanguage(socklab.language() === 'ko' ? 'en' : 'ko') },
  ]);

  function takeNumber(key) {
    const number = digits;
    digits = /^[0-9]$/.test(key) ? digits + key : '';
    if (key !== 'Enter' || number === '')
      return digits !== '';
    deck.go(parseInt(number, 10) - 1, 0);
    return true;
  }

  // Returns whether the key meant anything.  The speaker's window calls it, too.
  deck.press = (key, shift) => {
    if (takeNumber(key) || (deck.pressInOverview && deck.pressInOverview(key)))
      return true;
    if (key === ' ' && shift)
      return deck.previous(), true;
    const command = commands.find((one) => one.keys.includes(key));
    if (command)
      command.act();
    return Boolean(command);
  };

  function isTheirs(target, key) {
    if (target.closest('input, textarea, select, [contenteditable], dialog'))
      return true;
    return [' ', 'Enter'].includes(key) && Boolean(target.closest('button, a, summary'));
  }

  function keydown(event) {
    const combined = event.ctrlKey || event.altKey || event.metaKey || event.isComposing;
    if (combined || event.defaultPrevented)
      return;
    if (isTheirs(event.target, event.key)) {
      if (event.key === 'Escape')
        event.target.blur();
      return;
    }
    if (deck.press(socklab.keyOf(event), event.shiftKey))
      event.preventDefault();
  }

  let start = null;

  // What is wider than a phone is pushed aside by the same finger: then no page is turned.
  const pushed = (target) => {
    let sum = window.visualViewport ? visualViewport.offsetLeft : 0;
    for (let one = target; one; one = one.parentElement)
      sum += one.scrollLeft;
    return sum;
  };

  function touchstart(event) {
    const theirs = event.target.closest('input, select, textarea, button, dialog, pre');
    start = null;
    if (event.touches.length === 1 && !theirs)
      start = { touch: event.touches[0], pushed: pushed(event.target) };
  }

  function touchend(event) {
    if (!start || event.touches.length > 0 || pushed(event.target) !== start.pushed)
      return;
    const dx = event.changedTouches[0].clientX - start.touch.clientX;
    const dy = event.changedTouches[0].clientY - start.touch.clientY;
    start = null;
    if (Math.abs(dx) > 50 && Math.abs(dx) > 2 * Math.abs(dy))
      (dx < 0 ? deck.next : deck.previous)();
  }

  document.addEventListener('keydown', keydown);
  document.addEventListener('touchstart', touchstart, { passive: true });
  document.addEventListener('touchend', touchend);
}());
