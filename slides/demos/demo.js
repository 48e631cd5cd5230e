// SPDX-License-Identifier: MIT
// demo.js: what the demos share.  Load it before them, in this order, behind figures/*.js:
//   demos/demo.js, then of demos/ what the deck shows:
//   race:    scoreboard.js hear.js race.js       frame: line.js frame_bits.js frame.js
//   upgrade: sha1.js upgrade.js                  room: line.js room_log.js room.js
//   distance: figures/distance.js
// In the page: <div class="demo NAME"><div class="still">what is seen without a server</div></div>.
// What tests may read is marked data-value="..." (and data-lane, data-run), as each file's head says.
(function () {
  'use strict';

  const printing = new URLSearchParams(location.search).has('print');
  const preview = new URLSearchParams(location.search).has('preview');

  // Live are pages that a server gave us, in front of an audience: not in print, not in a preview.
  socklab.live = socklab.served && !printing && !preview;

  // make('td', {class: 'x'}, 'text', node...)
  socklab.make = (tag, attributes, ...children) => {
    const element = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => element.setAttribute(name, value));
    element.append(...children);
    return element;
  };

  // A button with a text in both languages.
  socklab.button = (en, ko, pressed) => {
    const button = socklab.make('button', { type: 'button' }, socklab.both(en, ko));
    button.addEventListener('click', pressed);
    return button;
  };

  // A label around a control: [label text | control].
  socklab.labelled = (en, ko, control) =>
    socklab.make('label', {}, socklab.both(en, ko), ' ', control);

  // choices: [value, en, ko].  An <option> can't hold both languages, so its text follows the page's.
  socklab.choice = (choices, chosen, changed) => {
    const select = socklab.make('select');
    choices.forEach(([value, en, ko]) => {
      const option = socklab.make('option', { value });
      const say = () => { option.textContent = socklab.language() === 'ko' ? ko : en; };
      document.addEventListener('languagechange', say);
      say();
      select.append(option);
    });
    select.value = chosen;
    select.addEventListener('change', changed);
    return select;
  };

  socklab.tell = (element, en, ko) => element.replaceChildren(socklab.both(en, ko));

  // Where a WebSocket of this page's server is.
  socklab.wsUrl = (path) => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;

  const refusals = socklab.refusals = {
    gone: ['no server: trying again', '서버가 없습니다. 다시 연결하고 있습니다'],
    silent: ['Nothing happens here: start the server with --push-every 500.',
      '이벤트가 없습니다. 서버를 --push-every 500 옵션으로 실행하세요.'],
    full: ['the server is full: trying again', '서버가 가득 찼습니다. 다시 연결하고 있습니다'],
    refused: ['The server is there but refuses this page: open it by its IP address, or start the ' +
      `server with --origin ${location.origin}`, '서버가 이 페이지를 거절합니다. IP 주소로 열거나 ' +
      `서버를 --origin ${location.origin} 옵션으로 실행하세요`],
  };

  // A page isn't told why its WebSocket was refused: what HTTP says at the same path is a hint.
  // Returns {state, words: [en, ko]}.
  socklab.whyRefused = async (path) => {
    const why = (state) => ({ state, words: refusals[state] });
    try {
      const answer = await fetch(path, { cache: 'no-store' });
      if (answer.status !== 503)
        return why('refused');
      return why(/--push-every/.test(await answer.text()) ? 'silent' : 'full');
    } catch (error) {
      return why('gone');
    }
  };

  socklab.median = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    const middle = sorted.length >> 1;
    return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  };

  // A time in ms as text: browsers round it, to 0.1 ms at best, so that more digits say nothing.
  socklab.ms = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms).toLocaleString('en')} ms`;

  function startLine() {
    return socklab.make('p', { class: 'how' },
      socklab.both('Live, when a server gives you this page: ', '서버에서 받은 페이지에서는 실제로 움직입니다: '),
      socklab.make('code', {}, 'build/bin/ws_echo_server --push-every 500 --root slides'));
  }

  // Builds each .demo.NAME of the page.  build(demo) draws into demo, next to the .still.  Without
  // a server, alone says that there is something to do all the same (or 'whole': that nothing is
  // missing then); else the .still remains.
  socklab.demo = (name, alone, build) => {
    document.querySelectorAll(`.demo.${name}`).forEach((demo) => {
      try {
        if (socklab.live || alone) {
          build(demo);
          demo.classList.add('drawn');
        }
      } catch (error) {
        console.error(`demo ${name}:`, error);
      }
      if (!socklab.live && !preview && alone !== 'whole')
        demo.append(startLine());
    });
  };
}());
