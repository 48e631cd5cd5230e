// SPDX-License-Identifier: MIT
// notes.js: the speaker's window: notes, clock, this slide and the next step.  It asks the deck
// every second where it is: so a deck that is reloaded finds its speaker again.
(function () {
  'use strict';

  const query = new URLSearchParams(location.search);
  // A name beside this page and nothing else: it becomes the address of three frames.
  const name = (/^[\w.-]+$/.exec(query.get('deck') || '') || ['index.html'])[0];
  const byId = (id) => document.getElementById(id);
  const frames = { now: byId('now'), next: byId('next'), notes: byId('notes') };
  let deck = window.opener;
  let state = null;
  let heard = 0;
  let size = 24;
  let worked = 0;
  let since = null;

  // The lesson goes on while this window is reloaded.  Some browsers keep nothing for a file.
  function keep() {
    try {
      sessionStorage.setItem('notes ' + name, JSON.stringify({ worked, since, size }));
    } catch (error) {
      // then it begins again
    }
  }

  function remember() {
    try {
      ({ worked, since, size } = JSON.parse(sessionStorage.getItem('notes ' + name)));
    } catch (error) {
      // nothing was kept
    }
  }

  function show(frame, at, fragment) {
    frame.contentWindow.postMessage({ socklab: 'show', at, fragment, lang: state.lang,
      size: size + 'px' }, '*');
  }

  function showAll() {
    if (!state)
      return;
    show(frames.now, state.at, state.fragment);
    show(frames.next, state.next[0], state.next[1]);
    show(frames.notes, state.at, state.fragment);
  }

  function take(news) {
    const turned = state && (news.at !== state.at || news.fragment !== state.fragment);
    const last = news.next[0] === news.at && news.next[1] === news.fragment;
    if (turned && worked === 0 && since === null)
      since = Date.now();
    heard = Date.now();
    state = news;
    document.documentElement.lang = news.lang;
    byId('place').textContent = `${news.at + 1} / ${news.count}`;
    byId('title').textContent = news.title;
    frames.next.classList.toggle('last', last);
    showAll();
  }

  function elapsed() {
    const seconds = Math.floor((worked + (since === null ? 0 : Date.now() - since)) / 1000);
    const two = (number) => String(number).padStart(2, '0');
    const hours = Math.floor(seconds / 3600);
    return `${hours}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  }

  function press(key, shift) {
    if (key === '+' || key === '-')
      return resize(key === '+' ? 2 : -2);
    if (deck && !deck.closed)
      deck.postMessage({ socklab: 'key', key, shift }, '*');
  }

  function resize(by) {
    size = Math.min(Math.max(size + by, 14), 60);
    showAll();
  }

  function listen(event) {
    const stranger = socklab.served && event.origin !== location.origin;
    if (stranger || !event.data)
      return;
    const ours = Object.values(frames).some((one) => one.contentWindow === event.source);
    if (event.data.socklab === 'state' && event.source === deck)
      take(event.data);
    if (event.data.socklab === 'ready' && ours)
      showAll();
    if (event.data.socklab === 'key' && ours)
      press(event.data.key, event.data.shift);
  }

  function startOrPause() {
    if (since === null) {
      since = Date.now();
      return;
    }
    worked += Date.now() - since;
    since = null;
  }

  function reset() {
    worked = 0;
    since = since === null ? null : Date.now();
  }

  // When the deck's window is gone, another is opened where that one was.
  function reopen() {
    const place = state ? `#/${state.at}/${state.fragment}` : '';
    deck = window.open(`${name}?lang=${document.documentElement.lang}${place}`);
  }

  function tick() {
    if (deck && !deck.closed)
      deck.postMessage({ socklab: 'hello' }, '*');
    keep();
    byId('elapsed').textContent = elapsed();
    byId('clock').textContent = new Date().toLocaleTimeString('en-GB').slice(0, 5);
    byId('lost').hidden = Date.now() - heard < 3500;
  }

  function keydown(event) {
    const button = event.target.closest('button') && [' ', 'Enter'].includes(event.key);
    if (event.ctrlKey || event.altKey || event.metaKey || button)
      return;
    event.preventDefault();
    press(socklab.keyOf(event), event.shiftKey);
  }

  remember();
  heard = Date.now();
  addEventListener('message', listen);
  document.addEventListener('keydown', keydown);
  byId('run').onclick = startOrPause;
  byId('reset').onclick = reset;
  byId('larger').onclick = () => resize(2);
  byId('smaller').onclick = () => resize(-2);
  byId('reopen').onclick = reopen;
  Object.keys(frames).forEach((one) => { frames[one].src = `${name}?preview=${one}&lang=` +
    document.documentElement.lang; });
  setInterval(tick, 1000);
  tick();
}());
