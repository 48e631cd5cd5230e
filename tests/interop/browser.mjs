// SPDX-License-Identifier: MIT
// browser.mjs: the commands of peer.py for what has a browser's WebSocket, fetch and EventSource.
// browser() stands on its own: peer_chromium.mjs sends its source into a page.

/* api: { socket(command), fetch(command), events(command) } make them */
export function browser(api, say) {
  let socket = null;

  function encode(buffer) {
    const bytes = new Uint8Array(buffer);
    let text = '';
    for (let i = 0; i < bytes.length; i += 32768)
      text += String.fromCharCode(...bytes.subarray(i, i + 32768));
    return btoa(text);
  }

  function decode(text) {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  }

  function sayMessage({ data }) {
    const isText = typeof data === 'string';
    say('message', { kind: isText ? 'text' : 'binary',
      data: encode(isText ? new TextEncoder().encode(data) : data) });
  }

  return {
    open(command) {
      let open = false;
      socket = api.socket(command);
      socket.binaryType = 'arraybuffer';
      socket.onopen = ({ target }) => {
        open = true;
        say('open', { protocol: target.protocol, extensions: target.extensions });
      };
      socket.onmessage = sayMessage;
      socket.onclose = ({ code, reason }) => {
        if (open)
          say('closed', { code, reason });
        else
          say('refused');
      };
    },
    send({ kind, pieces: [piece] }) {
      const data = decode(piece);
      socket.send(kind === 'text' ? new TextDecoder('utf-8', { fatal: true }).decode(data) : data);
    },
    close({ code, reason }) {
      if (code === null)
        socket.close();
      else
        socket.close(code, reason);
    },
    async fetch(command) {
      const reply = await api.fetch(command, { method: 'POST', body: decode(command.data) });
      say('fetched', { status: reply.status, data: encode(await reply.arrayBuffer()) });
    },
    events(command) {
      const seen = [];
      const source = api.events(command);
      source.onmessage = ({ lastEventId, data }) => {
        if (seen.push({ id: lastEventId, data }) === command.count) {
          source.close();
          say('events', { seen });
        }
      };
    },
  };
}
