// SPDX-License-Identifier: MIT
// demos_test.mjs: the demos in Chromium against the real server, which is killed and started again
// under each of them; and every figure that is drawn, traced back to its JSON.
import { openBrowser, runTests } from './browser.mjs';
import { inspecting } from './inspect_test.mjs';
import { racing } from './race_test.mjs';
import { talking } from './room_test.mjs';
import { tracing } from './trace_test.mjs';

const browser = await openBrowser('chromium');
const failed = await runTests({ ...racing, ...inspecting, ...talking, ...tracing }, browser);
await browser.close();
process.exit(failed ? 1 : 0);
