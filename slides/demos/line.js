// SPDX-License-Identifier: MIT
// line.js: a WebSocket that is opened again when it was lost, after 0.5 s, 1 s, 2 s, 3 s, 3 s ...
(function () {
  'use strict';

  // What a close code means for who reads it: [en, ko].
  socklab.closeWords = (code) => ({
    1001: ['the server stops', '서버가 종료됩니다'],
    1008: ['too slow: the server could not wait', '너무 느려 서버가 기다리지 못했습니다'],
    1009: ['a message was too large', '메시지가 너무 큽니다'],
  }[code] || ['connection lost', '연결이 끊겼습니다']);

  // handlers: opened(), message(data), closed(code, failures in a row).  A line has send(data),
  // which is true when it went out, and stop().
  socklab.line = (path, handlers) => {
    let socket = null, timer = 0, failures = 0;

    function open() {
      socket = new WebSocket(socklab.wsUrl(path));
      socket.binaryType = 'arraybuffer';
      socket.onopen = () => {
        failures = 0;
        handlers.opened();
      };
      socket.onmessage = (event) => handlers.message(event.data);
      socket.onclose = (event) => {
        failures++;
        timer = setTimeout(open, Math.min(250 * 2 ** Math.min(failures, 5), 3000));
        handlers.closed(event.code, failures);
      };
    }

    open();
    return {
      isOpen: () => socket.readyState === WebSocket.OPEN,
      send: (data) => {
        const can = socket.readyState === WebSocket.OPEN;
        if (can)
          socket.send(data);
        return can;
      },
      stop: () => {
        clearTimeout(timer);
        socket.onopen = socket.onmessage = socket.onclose = null;
        socket.close();
      },
    };
  };
}());
