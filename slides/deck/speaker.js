// SPDX-License-Identifier: MIT
// speaker.js: the deck's side of the speaker's window (notes.js), and of the previews inside it.
// That window asks ("hello") and goes on asking: so either side may be reloaded at any time.
// Pages from files have no origin, so messages are all that passes between them.
(function () {
  'use strict';

  const deck = socklab.deck;
  const here = document.currentScript.src;
  let speaker = null;

  function tell() {
    if (!speaker || speaker.closed)
      return;
    const { at, fragment } = deck.place;
    speaker.postMessage({ socklab: 'state', at, fragment, next: deck.after(),
      count: deck.sections.length, lang: socklab.language(), title: deck.title(at) }, '*');
  }

  function open() {
    const url = new URL('../notes.html', here);
    url.searchParams.set('deck', location.pathname.split('/').pop());
    url.searchParams.set('lang', socklab.language());
    if (!window.open(url, 'socklab-notes', 'popup,width=1180,height=800'))
      deck.say('The browser blocked the notes window: allow pop-ups for this page.',
        '브라우저가 노트 창을 막았습니다. 이 페이지의 팝업을 허용하세요.');
  }

  function listen(event) {
    const stranger = socklab.served && event.origin !== location.origin;
    if (stranger || !event.data)
      return;
    if (event.data.socklab === 'hello') {
      speaker = event.source;
      tell();
    }
    if (event.data.socklab === 'key')
      deck.press(String(event.data.key), event.data.shift);
  }

  // A preview shows what it is told and passes on the keys that are pressed in it.
  function obey(event) {
    if (event.source !== parent || !event.data || event.data.socklab !== 'show')
      return;
    const { at, fragment, lang, size } = event.data;
    if (lang !== socklab.language())
      socklab.setLanguage(lang);
    document.documentElement.style.setProperty('--notes', size);
    deck.go(at, fragment);
  }

  function previewed() {
    document.documentElement.classList.add('preview',
      'preview-' + new URLSearchParams(location.search).get('preview'));
    deck.press = (key, shift) => {
      parent.postMessage({ socklab: 'key', key, shift }, '*');
      return true;
    };
    addEventListener('message', obey);
    parent.postMessage({ socklab: 'ready' }, '*');
  }

  if (deck.preview)
    return previewed();
  socklab.commands.push(
    { keys: ['s'], sign: '✎', en: "Speaker's notes", ko: '발표자 노트', act: open });
  addEventListener('message', listen);
  document.addEventListener('slidechange', tell);
  document.addEventListener('languagechange', tell);
}());
