// SPDX-License-Identifier: MIT
// room_log.js: what was said in the room, and by how many.  Pure: no page, no network.
// A message is the text "name: text", so that ws_echo_client can take part as well.
(function () {
  'use strict';

  const KEPT = 200;       // messages
  const SHOWN = 500;      // of a message, in UTF-16 units
  const NAME_MAX = 30;
  const NAMES_MAX = 10000;
  const SLOT = 100;       // ms: messages per second are counted in tenths

  // Control characters as their pictures (U+2400), line ends and tabs as spaces.
  const printable = (text) => text.replace(/[\t\n\r]/g, ' ').replace(/[\0-\x1f\x7f]/g,
    (c) => (c === '\x7f' ? '\u2421' : String.fromCharCode(0x2400 + c.charCodeAt(0))));

  // Cut between characters, and said so.
  function shortened(text) {
    if (text.length <= SHOWN)
      return text;
    const end = /[\ud800-\udbff]/.test(text[SHOWN - 1]) ? SHOWN - 1 : SHOWN;
    return `${text.slice(0, end)} … (${text.length.toLocaleString('en')})`;
  }

  // {name (or ''), text}
  function split(message) {
    const at = message.slice(0, NAME_MAX + 2).indexOf(': ');
    return { name: at > 0 ? printable(message.slice(0, at)).trim() : '',
      text: printable(shortened(at > 0 ? message.slice(at + 2) : message)) };
  }

  class RoomLog {
    constructor() {
      this.messages = 0;
      this.names = new Set();
      this.fresh = [];   // not yet shown
      this.pending = []; // own, on their way
      this.slots = new Map();
      this.way = null;   // ms that the own last message took round
    }

    sent(message, at) {
      this.pending.push({ message, at });
      if (this.pending.length > KEPT)
        this.pending.shift();
    }

    // A lost connection has lost them, too.
    forget() {
      this.pending = [];
    }

    // How long, in ms, the oldest own message has been on its way; 0: none is.
    waiting(at) {
      return this.pending.length > 0 ? at - this.pending[0].at : 0;
    }

    take(message, at) {
      const mine = this.pending.findIndex((own) => own.message === message);
      if (mine >= 0) {
        this.way = at - this.pending[mine].at;
        this.pending.splice(0, mine + 1);
      }
      const entry = { ...split(message), own: mine >= 0, way: mine >= 0 ? this.way : null };
      this.messages++;
      if (entry.name && this.names.size < NAMES_MAX)
        this.names.add(entry.name);
      this.fresh.push(entry);
      if (this.fresh.length > KEPT)
        this.fresh.shift();
      this.countNow(at);
    }

    countNow(at) {
      const slot = Math.floor(at / SLOT);
      this.slots.set(slot, (this.slots.get(slot) || 0) + 1);
      if (this.slots.size > 1000 / SLOT)
        this.slots.delete(this.slots.keys().next().value);
    }

    // Messages in the last second.
    rate(at) {
      const oldest = Math.floor(at / SLOT) - 1000 / SLOT;
      return [...this.slots].reduce((sum, [slot, n]) => sum + (slot > oldest ? n : 0), 0);
    }

    // What is to be shown since the last time.
    batch() {
      return this.fresh.splice(0);
    }
  }

  RoomLog.KEPT = KEPT;
  RoomLog.split = split;
  socklab.RoomLog = RoomLog;
}());
