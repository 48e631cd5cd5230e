// SPDX-License-Identifier: MIT
// hear.js: four ways for a page to hear of a server's events, as http_poll/ways.c has them.
// Each is an endless round of asking, given an `ear`:
//   {signal, period(), request(), answered(), bytes(n), empty(), line(text), state(word)}
// state is 'listening', 'gone' (no answer: asked again after 0.5 s, 1 s, 2 s, 3 s, 3 s ...),
// 'silent' (there is a server, but without --push-every), or 'refused' (not to this page).
(function () {
  'use strict';

  const JITTER = 0.25; // of the period, each way: equal periods would fall in step with the events

  function pause(ms, signal) {
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', end); // or hours of polling would pile them up
        resolve();
      };
      const timer = setTimeout(end, ms);
      signal.addEventListener('abort', end);
    });
  }

  // Asks; an answer that is none is an error whose name says what the lane is to show.
  async function ask(ear, path, headers) {
    ear.request();
    const response = await fetch(path, { signal: ear.signal, cache: 'no-store', headers });
    if (!response.ok) {
      const error = new Error(await response.text());
      error.state = response.status === 503 && /--push-every/.test(error.message) ? 'silent' : 'gone';
      throw error;
    }
    ear.state('listening');
    return response;
  }

  // Asks once.  Returns where to ask from next time.
  async function askSince(ear, path, after) {
    const response = await ask(ear, after === null ? path : `${path}?after=${after}`);
    const body = new Uint8Array(await response.arrayBuffer());
    new TextDecoder().decode(body).split('\n').forEach((line) => ear.line(line));
    ear.bytes(body.length); // behind its lines, which may begin a new count
    if (body.length === 0)
      ear.empty();
    ear.answered();
    return response.headers.get('Last-Event-ID');
  }

  // What listens once, until something is wrong, does so for ever.
  function always(listen) {
    return async (ear) => {
      const memory = { after: null, wait: 500 };
      while (!ear.signal.aborted) {
        try {
          await listen(ear, memory);
        } catch (error) {
          if (ear.signal.aborted)
            return;
          ear.answered();
          ear.state(error.state || 'gone');
        }
        await pause(memory.wait, ear.signal);
        memory.wait = Math.min(memory.wait * 2, 3000);
      }
    };
  }

  async function poll(ear, memory) {
    for (;;) {
      memory.after = await askSince(ear, '/poll', memory.after);
      memory.wait = 500;
      await pause(ear.period() * (1 + JITTER * (2 * Math.random() - 1)), ear.signal);
    }
  }

  async function longPoll(ear, memory) {
    for (;;) {
      memory.after = await askSince(ear, '/long-poll', memory.after);
      memory.wait = 500;
    }
  }

  // EventSource would do the same in one line, but does not let its bytes be counted.
  async function sse(ear, memory) {
    const headers = memory.after === null ? {} : { 'Last-Event-ID': memory.after };
    const reader = (await ask(ear, '/events', headers)).body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done)
        throw new Error('the stream ended');
      text = takeLines(text + decoder.decode(value, { stream: true }), ear, memory);
      ear.bytes(value.length);
      memory.wait = 500;
    }
  }

  // Our server's events have one line of data each.  Returns what has no end yet.
  function takeLines(text, ear, memory) {
    const lines = text.split('\n');
    const rest = lines.pop();
    lines.forEach((line) => {
      if (line.startsWith('id: '))
        memory.after = line.slice(4);
      else if (line.startsWith('data: '))
        ear.line(line.slice(6));
    });
    return rest;
  }

  // A frame from a server: a head of 2, 4 or 10 bytes, no key (RFC 6455 5.2).
  const frameBytes = (n) => n + (n < 126 ? 2 : n < 65536 ? 4 : 10);

  function ws(ear, memory) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(socklab.wsUrl('/push'));
      let opened = false;
      ear.request();
      ear.signal.addEventListener('abort', () => {
        socket.onclose = null; // it was not refused: nobody is to ask why
        socket.close();
        resolve();
      }, { once: true });
      socket.onopen = () => {
        opened = true;
        ear.state('listening');
        memory.wait = 500;
      };
      socket.onmessage = (event) => {
        ear.line(event.data);
        ear.bytes(frameBytes(new TextEncoder().encode(event.data).length));
      };
      socket.onclose = async () => {
        const state = opened ? 'gone' : (await socklab.whyRefused('/push')).state;
        reject(Object.assign(new Error('closed'), { state: state === 'full' ? 'gone' : state }));
      };
    });
  }

  socklab.hear = {
    poll: always(poll), 'long-poll': always(longPoll), sse: always(sse), ws: always(ws),
  };
}());
