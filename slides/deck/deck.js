// SPDX-License-Identifier: MIT
// deck.js: which slide is shown, and how far its fragments are.  The address says it (#/5 or
// #/5/2, counted from 0; #/id is understood), so that a link, Back and a reload keep the place.
// It loads what a presenter needs besides: none of that is needed to show a slide.
(function () {
  'use strict';

  const here = document.currentScript.src;
  const root = document.documentElement;
  const preview = new URLSearchParams(location.search).has('preview');
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
    const named = sections.findIndex((one) => one.id !== '' && one.id === name);
    return [named >= 0 ? named : parseInt(name, 10) || 0, parseInt(fragment, 10) || 0];
  }

  function go(at, fragment) {
    const before = place.at;
    place.at = within(at, sections.length - 1);
    place.fragment = within(fragment, fragmentsOf(place.at).length);
    mark();
    if (place.at !== before)
      scrollTo(0, 0);
    writeAddress(place.at !== before);
    document.dispatchEvent(new CustomEvent('slidechange', { detail: place }));
  }

  // What we have written ourselves is told to us later, when the screen may have been blacked out.
  function follow() {
    const [at, fragment] = readAddress();
    if (at !== place.at || fragment !== place.fragment)
      go(at, fragment);
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

  // What a slide is called, in the page's language only.
  function title(at) {
    const heading = sections[at].querySelector('h1, h2');
    if (!heading)
      return sections[at].id;
    const copy = heading.cloneNode(true);
    copy.querySelectorAll(`[lang]:not([lang="${root.lang}"])`).forEach((one) => one.remove());
    return copy.textContent.trim().replace(/\s+/g, ' ');
  }

  function label(at) {
    const of = root.lang === 'ko' ? `${sections.length}장 중 ${at + 1}장` :
      `${at + 1} of ${sections.length}`;
    return `${of}: ${title(at)}`;
  }

  function name() {
    sections.forEach((section, i) => {
      section.setAttribute('role', 'group');
      section.setAttribute('aria-roledescription', root.lang === 'ko' ? '슬라이드' : 'slide');
      section.setAttribute('aria-label', label(i));
    });
  }

  // A slide keeps its layout and is scaled; where that would be too small to read (a phone held
  // upright, a page zoomed to 200 %), it flows as a page does.
  function scale() {
    const flows = !preview && innerWidth < 720 && !root.classList.contains('overview');
    root.classList.toggle('flow', flows);
    root.style.setProperty('--scale', Math.min(innerWidth / 1280, innerHeight / 720));
  }

  // What the page names itself is not loaded twice: it would hear each key twice.
  function load(script) {
    if (document.querySelector(`script[src$="deck/${script}"]`))
      return;
    const element = document.createElement('script');
    element.async = false;
    element.src = new URL(script, here);
    document.head.append(element);
  }

  socklab.deck = {
    sections, place, preview, go, after, title, label, scale,
    next: () => go(...after()),
    previous: () => go(...before()),
  };

  if (sections.length === 0)
    return;
  root.classList.add('paged');
  name();
  scale();
  addEventListener('resize', scale);
  addEventListener('hashchange', follow);
  document.addEventListener('languagechange', name);
  go(...readAddress());
  document.addEventListener('DOMContentLoaded', () =>
    ['keys.js', 'overview.js', 'speaker.js', 'print.js', 'bar.js'].forEach(load));
}());
