// SPDX-License-Identifier: MIT
// server.mjs: ws_echo_server as the slides' server: started, killed, and started again on the port
// that it had, as happens in a classroom.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import readline from 'node:readline';
import { slides, top } from './browser.mjs';

export const bin = process.env.SOCKLAB_BIN || path.join(top, 'build/bin');

async function launch(options) {
  const child = spawn(path.join(bin, 'ws_echo_server'), options,
    { stdio: ['ignore', 'pipe', 'pipe'] });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (piece) => { log += piece; });
  const [line] = await Promise.race([
    once(readline.createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(() => ['']),
  ]);
  const url = /^listening on ws(.*:(\d+))/.exec(line);
  if (!url)
    throw new Error(`ws_echo_server ${options.join(' ')} does not listen: ${line}${log}`);
  return { child, port: url[2], log: () => log, url: `http${url[1]}` };
}

/* { url, port, log(), stop(), start(options) }; every: ms between two events, 0: none */
export async function startServer({ every = 100, root = slides, more = [] } = {}) {
  const options = [...(every ? ['--push-every', String(every)] : []), '--root', root, ...more];
  let now = await launch(['-p', '0', ...options]);
  const { port, url } = now;
  return {
    port,
    url: url.replace(/\/(echo)?$/, ''),
    log: () => now.log(),
    async stop(signal = 'SIGKILL') {
      if (now.child.exitCode !== null || now.child.signalCode !== null)
        return;
      now.child.kill(signal);
      await once(now.child, 'exit');
    },
    async start() { now = await launch(['-p', port, ...options]); },
  };
}
