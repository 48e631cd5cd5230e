// SPDX-License-Identifier: MIT
// frame_bits.js: WebSocket frames to the bit (RFC 6455 5.2), as ws_echo/ws_frame.c writes them.
// Pure: no page, no network.  Keys are passed in.
(function () {
  'use strict';

  const opcodes = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 };

  // The length has 7 bits; 126 says that 16 bits follow, 127 that 64 do.
  function lengthBytes(n) {
    if (n < 126)
      return [n];
    if (n < 65536)
      return [126, n >> 8, n & 255];
    return [127, 0, 0, 0, 0, (n / 0x1000000) & 255, (n >> 16) & 255, (n >> 8) & 255, n & 255];
  }

  // A whole frame as bytes.  key: 4 bytes, or null for a server's, which is not masked.
  function encode(opcode, payload, key, fin) {
    const length = lengthBytes(payload.length);
    if (key)
      length[0] |= 0x80;
    const head = [(fin === false ? 0 : 0x80) | opcodes[opcode], ...length, ...(key || [])];
    const frame = new Uint8Array(head.length + payload.length);
    frame.set(head);
    payload.forEach((byte, i) => { frame[head.length + i] = key ? byte ^ key[i % 4] : byte; });
    return frame;
  }

  // A message in as many frames as there are keys; the first has its kind, the last has FIN.
  function message(opcode, payload, keys) {
    const size = Math.ceil(payload.length / keys.length);
    return keys.map((key, i) => encode(i === 0 ? opcode : 'continuation',
      payload.subarray(i * size, (i + 1) * size), key, i === keys.length - 1));
  }

  function closePayload(code, reason) {
    const text = new TextEncoder().encode(reason);
    return Uint8Array.from([code >> 8, code & 255, ...text]);
  }

  // What a frame's first bytes say: {fin, opcode, masked, length, head (bytes), fields}, a field
  // being {name, bits (how many), value}.
  function parts(frame) {
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const short = frame[1] & 127;
    const more = short < 126 ? 0 : short === 126 ? 2 : 8;
    const masked = frame[1] >= 128;
    const length = more === 0 ? short : more === 2 ? view.getUint16(2)
      : view.getUint32(2) * 0x100000000 + view.getUint32(6);
    const opcode = Object.keys(opcodes).find((name) => opcodes[name] === (frame[0] & 15));
    const fields = [{ name: 'FIN', bits: 1 }, { name: 'RSV', bits: 3 },
      { name: 'opcode', bits: 4, value: `${(frame[0] & 15).toString(16)} ${opcode}` },
      { name: 'MASK', bits: 1 }, { name: 'length', bits: 7, value: String(short) }];
    if (more)
      fields.push({ name: 'more length', bits: 8 * more, value: String(length) });
    if (masked)
      fields.push({ name: 'masking key', bits: 32 });
    return { fin: frame[0] >= 128, opcode, masked, length, fields,
      head: 2 + more + (masked ? 4 : 0) };
  }

  // The first characters of a text, with their bytes: [{text, code, bytes, at}], limit bytes at most.
  function characters(text, limit) {
    const found = [];
    let at = 0;
    for (const one of text) {
      const bytes = new TextEncoder().encode(one);
      if (at + bytes.length > limit)
        break;
      const code = one.codePointAt(0).toString(16).toUpperCase().padStart(4, '0');
      found.push({ text: one, code: `U+${code}`, bytes, at });
      at += bytes.length;
    }
    return found;
  }

  socklab.frame = { opcodes, encode, message, closePayload, parts, characters };
}());
