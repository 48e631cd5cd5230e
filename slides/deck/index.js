// SPDX-License-Identifier: MIT
// index.js: the page of the three decks: its links keep the language, its chat has an address.
(function () {
  'use strict';

  const byId = (id) => document.getElementById(id);

  function keepLanguage() {
    document.querySelectorAll('.decks a').forEach((link) => {
      link.search = '?lang=' + socklab.language();
    });
    byId('chat').search = '?lang=' + socklab.language();
  }

  function switchLanguage() {
    socklab.setLanguage(socklab.language() === 'ko' ? 'en' : 'ko');
  }

  document.querySelector('.served').hidden = !socklab.served;
  document.querySelector('.served strong').textContent = location.host + '/chat';
  byId('language').onclick = switchLanguage;
  document.addEventListener('keydown', (event) => {
    if (socklab.keyOf(event) === 't' && !event.ctrlKey && !event.altKey && !event.metaKey)
      switchLanguage();
  });
  document.addEventListener('languagechange', keepLanguage);
  keepLanguage();
}());
