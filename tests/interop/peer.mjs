// SPDX-License-Identifier: MIT
// peer.mjs: what the Node peers share.  Partner: peer.py, which says how a peer is driven.
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { createRequire } from 'node:module';
import path from 'node:path';
import readline from 'node:readline';

export const PROTOCOL = 'chat';
export const MAX = 1 << 24;
const PIECE = 1000; // bytes, of the fragments that a server answers in

/* A package: from SOCKLAB_NPM, the folder where package.json was installed, or from here. */
export function load(name) {
  const folder = process.env.SOCKLAB_NPM || path.dirname(process.argv[1]);
  return createRequire(path.join(path.resolve(folder), 'x.js'))(name);
}

export function say(event, fields = {}) {
  process.stdout.write(JSON.stringify({ event, ...fields }) + '\n');
}

/* data: a string for a text, else bytes */
export function sayMessage(data) {
  say('message', { kind: typeof data === 'string' ? 'text' : 'binary',
    data: Buffer.from(data).toString('base64') });
}

export function sayPong(data) {
  say('pong', { data: Buffer.from(data).toString('base64') });
}

export function sayClosed(code, reason) {
  say('closed', { code, reason: reason.toString() });
}

export function piecesOf(command) {
  return command.pieces.map((piece) => Buffer.from(piece, 'base64'));
}

/* The one piece, as libraries that know no pieces want it. */
export function dataOf(command) {
  const [data] = piecesOf(command);
  return command.kind === 'text' ? data.toString() : data;
}

export function cut(data) {
  const pieces = [];
  for (let i = 0; i < data.length; i += PIECE)
    pieces.push(data.subarray(i, i + PIECE));
  return pieces.length ? pieces : [data];
}

/* [code, reason] when the message asks for the end, else null. */
export function closeWanted(message) {
  const found = /^please close (\d+) ?(.*)$/.exec(message);
  return found && [Number(found[1]), found[2]];
}

export function trust(command) {
  return command.cacert ? { ca: fs.readFileSync(command.cacert) } : {};
}

/* Runs what the argument says: does[command.do](command) for each command, or serve(server). */
export async function run(can, does, serve) {
  const [role, ...files] = process.argv.slice(2);
  if (role === 'serve') {
    const [cert, key] = files.map((file) => fs.readFileSync(file));
    const server = cert ? https.createServer({ cert, key }) : http.createServer();
    serve(server);
    server.listen(0, '127.0.0.1', () => say('listening', { port: server.address().port }));
    return;
  }
  say('ready', { can });
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const command = JSON.parse(line);
    await does[command.do](command);
  }
  process.exit(0);
}
