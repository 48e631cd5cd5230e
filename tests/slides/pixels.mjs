// SPDX-License-Identifier: MIT
// pixels.mjs: is the screen black?  However the deck does it: a few pixels are asked for.
import zlib from 'node:zlib';

/* The bytes of a PNG's pixels, each row behind its filter's number. */
function inflated(png) {
  const pieces = [];
  for (let at = 8; at < png.length;) {
    const length = png.readUInt32BE(at);
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      pieces.push(png.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return zlib.inflateSync(Buffer.concat(pieces));
}

export async function isBlack(page) {
  const { width, height } = page.viewport();
  const clip = { x: width / 2 - 100, y: height / 4, width: 200, height: height / 2 };
  const png = Buffer.from(await page.screenshot({ clip, captureBeyondViewport: false }));
  const hasAlpha = png[25] === 6;
  return inflated(png).every((byte, i) => byte <= 4 || (hasAlpha && byte === 255));
}
