// SPDX-License-Identifier: MIT
// sha1.js: SHA-1 (FIPS 180-4), because a page that came over plain http has no crypto.subtle.
// Not for secrets: RFC 6455 takes it only to show that the other end has read the key.
(function () {
  'use strict';

  const rotate = (x, n) => (x << n) | (x >>> (32 - n));

  // The bytes, a 1 bit, zeros, and the number of bits in 64: whole blocks of 64 bytes.
  function padded(bytes) {
    const out = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
    out.set(bytes);
    out[bytes.length] = 0x80;
    const view = new DataView(out.buffer);
    view.setUint32(out.length - 8, Math.floor(bytes.length / 0x20000000));
    view.setUint32(out.length - 4, (bytes.length * 8) >>> 0);
    return view;
  }

  function schedule(view, at) {
    const w = new Int32Array(80);
    for (let t = 0; t < 16; t++)
      w[t] = view.getInt32(at + 4 * t);
    for (let t = 16; t < 80; t++)
      w[t] = rotate(w[t - 3] ^ w[t - 8] ^ w[t - 14] ^ w[t - 16], 1);
    return w;
  }

  const rounds = [
    [0x5a827999, (b, c, d) => (b & c) | (~b & d)],
    [0x6ed9eba1, (b, c, d) => b ^ c ^ d],
    [0x8f1bbcdc, (b, c, d) => (b & c) | (b & d) | (c & d)],
    [0xca62c1d6, (b, c, d) => b ^ c ^ d],
  ];

  function block(h, w) {
    let [a, b, c, d, e] = h;
    for (let t = 0; t < 80; t++) {
      const [k, f] = rounds[Math.floor(t / 20)];
      const next = (rotate(a, 5) + f(b, c, d) + e + k + w[t]) | 0;
      [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
    }
    return [a, b, c, d, e].map((x, i) => (x + h[i]) | 0);
  }

  // The digest of a Uint8Array: 20 bytes.
  socklab.sha1 = (bytes) => {
    const view = padded(bytes);
    let h = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
    for (let at = 0; at < view.byteLength; at += 64)
      h = block(h, schedule(view, at));
    const out = new DataView(new ArrayBuffer(20));
    h.forEach((x, i) => out.setInt32(4 * i, x));
    return new Uint8Array(out.buffer);
  };
}());
