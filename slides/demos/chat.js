// SPDX-License-Identifier: MIT
// chat.js: the room's page (chat.html): a name, a message, and what everybody says.
// It stays connected while it is not looked at: who comes back has missed nothing.
(function () {
  'use strict';

  const find = (name) => document.querySelector(`[data-value="${name}"]`);
  const form = document.querySelector('form');
  const room = new socklab.Room(document.querySelector('.log'),
    { messages: find('messages'), way: find('way') }, find('status'));

  // Names may be remembered, where the browser lets us.
  function remembered(name) {
    try {
      if (name !== undefined)
        sessionStorage.setItem('socklab-name', name);
      return sessionStorage.getItem('socklab-name') || '';
    } catch (error) {
      return '';
    }
  }

  // Screen readers hear how many messages came, every few seconds, not each of a burst.
  function announce() {
    const before = announce.messages || 0, now = room.log.messages;
    announce.messages = now;
    if (now > before)
      socklab.tell(find('news'), `${now - before} new messages`, `새 메시지 ${now - before}개`);
  }

  function say(event) {
    event.preventDefault();
    const name = form.elements.name.value.trim().replaceAll(':', ' ');
    const text = form.elements.text.value.trim();
    remembered(name);
    if (!text)
      return;
    if (room.say(`${name || '?'}: ${text}`))
      form.elements.text.value = '';
    else
      room.tell('not connected: your text is kept', '연결되어 있지 않습니다. 쓴 글은 남아 있습니다',
        false);
  }

  form.elements.name.value = remembered();
  form.addEventListener('submit', say);
  document.querySelector('[data-action="language"]').addEventListener('click', () =>
    socklab.setLanguage(socklab.language() === 'ko' ? 'en' : 'ko'));
  if (socklab.served) {
    room.start();
    setInterval(announce, 5000);
  } else {
    room.tell('Open this page from the server: build/bin/ws_echo_server --root slides',
      '이 페이지는 서버에서 여세요: build/bin/ws_echo_server --root slides', false);
  }
}());
