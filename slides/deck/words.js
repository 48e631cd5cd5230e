// SPDX-License-Identifier: MIT
// words.js: the page's language, and texts in both.  Loaded first: it makes `socklab`.
// The language is in the address (?lang=ko), so that a link keeps it; else it is the browser's.
(function () {
  'use strict';

  const socklab = window.socklab = {};
  const known = ['en', 'ko'];
  const root = document.documentElement;

  function wanted() {
    const asked = new URLSearchParams(location.search).get('lang');
    const browsers = (navigator.language || '').slice(0, 2);
    return known.find((one) => one === asked) || known.find((one) => one === browsers) || 'en';
  }

  // Not every browser lets a page from a file change its address: then it is opened again.
  function keepInAddress(language) {
    const url = new URL(location.href);
    url.searchParams.set('lang', language);
    try {
      history.replaceState(history.state, '', url);
    } catch (error) {
      location.replace(url);
    }
  }

  // Keys that a page's scripts add to those of the deck: see deck/keys.js.
  socklab.commands = [];

  socklab.served = /^https?:$/.test(location.protocol);

  socklab.language = () => root.lang;

  socklab.setLanguage = (language) => {
    root.lang = language;
    keepInAddress(language);
    document.dispatchEvent(new CustomEvent('languagechange', { detail: language }));
  };

  // With a Korean keyboard on, the key under the finger is still the one that is meant: it comes as
  // the Korean letter, or as "Process" while the input method has it.
  socklab.keyOf = (event) => {
    const letter = /^Key([A-Z])$/.exec(event.code || '');
    if (!letter || (event.key !== 'Process' && event.key.charCodeAt(0) < 128))
      return event.key;
    return event.shiftKey ? letter[1] : letter[1].toLowerCase();
  };

  // What says the same in two languages: the style sheet hides the other one.
  socklab.both = (en, ko) => {
    const texts = document.createDocumentFragment();
    [en, ko].forEach((text, i) => {
      const span = document.createElement('span');
      span.lang = known[i];
      span.append(text);
      texts.append(span);
    });
    return texts;
  };

  // Recorded runs come before what draws them: slides/recorded/NAME.js calls this.
  socklab.runs = new Map();

  socklab.recorded = (name, json, pcap64) => {
    socklab.runs.set(name, { name, json, pcap64, own: false });
  };

  root.lang = wanted();
}());
