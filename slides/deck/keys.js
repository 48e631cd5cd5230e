// SPDX-License-Identifier: MIT
// keys.js: what the keyboard does.  What is typed into a field or onto a button stays there, and
// the browser's own combinations are left alone.
(function () {
  'use strict';

  const deck = socklab.deck;
  const actions = {
    ArrowRight: deck.next, ArrowDown: deck.next, PageDown: deck.next, n: deck.next,
    ' ': (event) => (event.shiftKey ? deck.previous() : deck.next()),
    ArrowLeft: deck.previous, ArrowUp: deck.previous, PageUp: deck.previous, p: deck.previous,
    Home: () => deck.go(0, 0),
    End: () => deck.go(Infinity, 0),
    t: () => socklab.setLanguage(socklab.language() === 'ko' ? 'en' : 'ko'),
  };

  function press(event) {
    const field = event.target.closest && event.target.closest('input, textarea, select, button');
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || field)
      return;
    const action = actions[event.key];
    if (!action)
      return;
    event.preventDefault();
    action(event);
  }

  document.addEventListener('keydown', press);
}());
