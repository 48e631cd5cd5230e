// SPDX-License-Identifier: MIT
// deck.js: which slide is shown, and how far its fragments are.  The address says it (#/5 or
// #/5/2, counted from 0; #/id is understood), so that a link, Back and a reload keep the place.
(function () {
  'use strict';

  const query = new URLSearchParams(location.search);
  const preview = query.has('preview');
  const sections = Array.from(document.querySelectorAll('.slides > section'));
  const place = { at: 0, fragment: 0 };

  const fragmentsOf = (at) => Array.from(sections[at].querySelectorAll('.fragment'));
  const within = (value, last) => Math.min(Math.max(value, 0), last);

  function mark() {
    sections.forEach((section, i) => {
      section.classList.toggle('past', i < place.at);
      section.classList.toggle('present', i === place.at);
      section.classList.toggle('future', i > place.at);
    });
    fragmentsOf(place.at).forEach((one, i) => one.classList.toggle('visible', i < place.fragment));
  }

  // A new slide is a new entry of the history; a fragment is not, or Back would crawl.
  function writeAddress(turned) {
    const hash = '#/' + place.at + (place.fragment ? '/' + place.fragment : '');
    if (preview || location.hash === hash)
      return;
    if (turned && location.hash)
      location.hash = hash;
    else
      location.replace(hash);
  }

  function readAddress() {
    const [name, fragment] = location.hash.replace(/^#\/?/, '').split('/');
    const named = sections.findIndex((one) => one.id && one.id === decodeURIComponent(name));
    return [named >= 0 ? named : parseInt(name, 10) || 0, parseInt(fragment, 10) || 0];
  }

  function go(at, fragment) {
    const before = place.at;
    place.at = within(at, sections.length - 1);
    place.fragment = within(fragment, fragmentsOf(place.at).length);
    mark();
    writeAddress(place.at !== before);
    document.dispatchEvent(new CustomEvent('slidechange', { detail: place }));
  }

  // Where one step leads: fragments first; backwards, a slide is entered with all of them shown.
  function after() {
    if (place.fragment < fragmentsOf(place.at).length)
      return [place.at, place.fragment + 1];
    return place.at + 1 < sections.length ? [place.at + 1, 0] : [place.at, place.fragment];
  }

  function before() {
    if (place.fragment > 0)
      return [place.at, place.fragment - 1];
    return place.at > 0 ? [place.at - 1, Infinity] : [0, 0];
  }

  function scale() {
    const factor = Math.min(innerWidth / 1280, innerHeight / 720);
    document.documentElement.style.setProperty('--scale', factor);
  }

  function load(name) {
    const script = document.createElement('script');
    script.src = new URL(name, here);
    document.head.append(script);
  }

  const here = document.currentScript.src;
  socklab.deck = {
    sections, place, preview, go, after, before, load,
    next: () => go(...after()),
    previous: () => go(...before()),
  };

  document.documentElement.classList.add('paged');
  scale();
  addEventListener('resize', scale);
  addEventListener('hashchange', () => go(...readAddress()));
  go(...readAddress());
  load('keys.js');
}());
