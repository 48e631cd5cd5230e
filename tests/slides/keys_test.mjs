// SPDX-License-Identifier: MIT
// keys_test.mjs: a deck is presented with keys, and with a finger; the address says the place.
// Run by deck_test.mjs, and by firefox_test.mjs in the other browser.
import assert from 'node:assert/strict';
import { address, becomes, decks, openPage } from './browser.mjs';
import { isBlack } from './pixels.mjs';

const state = (page) => page.evaluate(() => look.state());
const place = async (page) => {
  const { at, fragments } = await state(page);
  return `${at}/${fragments}`;
};
const open = (browser, base, rest = '', language = 'en') =>
  openPage(browser, address(`${decks[0]}.html`, base, language, rest));

async function comesTo(page, keys, expected) {
  for (const key of keys)
    await page.keyboard.press(key);
  await becomes(() => place(page), expected, keys.join(' '));
}

/* Where each step from the beginning leads: slides with their fragments. */
const steps = (page) => page.evaluate(() =>
  Array.from(document.querySelectorAll('.slides > section')).flatMap((section, at) =>
    Array.from({ length: section.querySelectorAll('.fragment').length + 1 },
      (_, fragment) => `${at}/${fragment}`)));

async function walks(browser, base) {
  const { page } = await open(browser, base);
  const expected = await steps(page), last = expected.at(-1);
  for (const [i, step] of expected.entries()) {
    assert.equal(await place(page), step);
    const [at, fragment] = step.split('/');
    assert.match((await state(page)).hash,
      i ? new RegExp(`^#/${at}${fragment === '0' ? '(/0)?' : '/' + fragment}$`) : /^(#\/0?)?$/);
    await page.keyboard.press('ArrowRight');
  }
  assert.equal(await place(page), last, 'behind the last there is nothing');
  for (const step of [...expected].reverse().slice(0, 6)) {
    assert.equal(await place(page), step);
    await page.keyboard.press('ArrowLeft');
  }
  await page.close();
}

const headingsInSight = (page) => page.evaluate(() => Array.from(
  document.querySelectorAll('.slides > section :is(h1, h2)')).filter((one) => {
  const box = one.getBoundingClientRect();
  return look.isShown(one) && box.width > 0 && box.top >= 0 && box.bottom <= innerHeight;
}).length);

const hasDialog = (page) => page.evaluate(() => Array.from(
  document.querySelectorAll('dialog[open], [role=dialog]')).some((one) => look.isShown(one)));

export const turning = {
  every_step_from_the_first_slide_to_the_last: (browser) => walks(browser, null),

  keys_of_a_korean_keyboard: async (browser, server) => {
    const { page } = await open(browser, server.url);
    for (const [key, language] of [['ㅅ', 'ko'], ['Process', 'en']]) {
      await page.evaluate((pressed) => document.body.dispatchEvent(new KeyboardEvent('keydown',
        { key: pressed, code: 'KeyT', bubbles: true, cancelable: true })), key);
      await becomes(() => page.evaluate(() => document.documentElement.lang), language, key);
    }
    await page.close();
  },

  all_keys_that_turn: async (browser, server) => {
    const { page } = await open(browser, server.url);
    const all = await steps(page), [second] = [all[1]];
    for (const key of ['ArrowRight', 'ArrowDown', 'PageDown', ' ', 'n']) {
      await comesTo(page, ['Home'], '0/0');
      await comesTo(page, [key], second);
    }
    for (const key of ['ArrowLeft', 'ArrowUp', 'PageUp', 'p']) {
      await comesTo(page, ['Home', 'ArrowRight'], second);
      await comesTo(page, [key], '0/0');
    }
    await page.keyboard.press('End');
    await becomes(() => state(page), ({ at, count }) => at === count - 1, 'End');
    await comesTo(page, ['5', 'Enter'], '4/0');
    await page.keyboard.down('Control');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.up('Control');
    assert.equal(await place(page), '4/0', 'what the browser wants is not ours');
    await page.close();
  },

  the_address_leads_to_a_slide: async (browser, server) => {
    const { page } = await open(browser, server.url, '#/3');
    assert.equal((await state(page)).at, 3);
    const { count } = await state(page);
    const name = await page.evaluate(() => document.querySelectorAll('.slides > section')[6].id);
    for (const [hash, at] of [[`#/${name}`, 6], ['#/2', 2], ['#/9999', count - 1], ['#/-3', 0],
      ['#/%', 0], ['#/4', 4]]) {
      await page.evaluate((there) => { location.hash = there; }, hash);
      await becomes(async () => (await state(page)).at, at, hash);
    }
    await page.evaluate(() => history.back());
    await becomes(async () => (await state(page)).at, (at) => at !== 4, 'Back');
    await page.goto(address(`${decks[0]}.html`, server.url, 'en', '#/5'));
    await page.reload();
    assert.equal((await state(page)).at, 5, 'reloaded');
    await page.close();
  },

  the_language_is_switched_without_losing_the_place: async (browser, server) => {
    for (const base of [null, server.url]) {
      const { page } = await open(browser, base, '#/3');
      await page.keyboard.press('t');
      await becomes(async () => (await state(page)).language, 'ko', 't');
      assert.equal((await state(page)).at, 3);
      assert.match(page.url(), /[?&]lang=ko\b.*#\/3$/);
      await page.close();
    }
  },

  overview_blackout_and_help_open_and_close: async (browser, server) => {
    const { page } = await open(browser, server.url, '#/3');
    await page.keyboard.press('o');
    await becomes(() => headingsInSight(page), (n) => n >= 6, 'o shows many slides');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await becomes(async () => [await headingsInSight(page), await place(page)], [1, '4/0'],
      'Enter shows the next one');
    for (const key of ['b', '.']) {
      await page.keyboard.press(key);
      await becomes(() => isBlack(page), true, `${key} blacks out`);
      await page.keyboard.press(key);
      await becomes(() => isBlack(page), false, `${key} shows again`);
    }
    await page.keyboard.press('?');
    await becomes(() => hasDialog(page), true, '? opens a dialog');
    await page.keyboard.press('Escape');
    await becomes(() => hasDialog(page), false, 'Escape closes it');
    assert.equal(await place(page), '4/0');
    await page.close();
  },

  tab_reaches_what_is_shown_and_nothing_else: async (browser, server) => {
    const { page } = await open(browser, server.url, '#/3');
    const names = new Set();
    for (let i = 0; i < 25; i++) {
      await page.keyboard.press('Tab');
      const reached = await page.evaluate(() => {
        const one = document.activeElement, section = one.closest('section');
        return { name: one.getAttribute('aria-label') || one.textContent.trim(),
          hidden: Boolean(section && !section.classList.contains('present')),
          button: one.localName === 'button' };
      });
      assert.ok(!reached.hidden, `Tab reaches "${reached.name}" on a slide that is not shown`);
      if (reached.button)
        names.add(reached.name);
    }
    assert.ok(names.size >= 7, `buttons reached: ${[...names].join(', ')}`);
    await page.close();
  },

  nothing_moves_where_motion_is_not_wanted: async (browser, server) => {
    const { page } = await open(browser, server.url);
    for (let i = 0; i < 6; i++) {
      await page.keyboard.press('ArrowRight');
      const moving = await page.evaluate(() => document.getAnimations()
        .filter((one) => one.playState === 'running')
        .map((one) => `${one.effect.target.localName}.${one.effect.target.className}`));
      assert.deepEqual(moving, []);
    }
    await page.close();
  },
};

export const touching = {
  a_finger_turns: async (browser, server) => {
    const { page } = await open(browser, server.url);
    const second = (await steps(page))[1];
    const finger = await page.touchscreen.touchStart(900, 300);
    await finger.move(600, 305);
    await finger.move(300, 310);
    await finger.end();
    await becomes(() => place(page), second, 'a swipe to the left');
    await page.close();
  },

  a_finger_that_pushes_what_is_wide_turns_nothing: async (browser, server) => {
    const { page } = await open(browser, server.url, '#/1');
    await page.evaluate(() => {
      const wide = document.querySelector('section.present');
      wide.style.overflowX = 'auto';
      wide.append(Object.assign(document.createElement('p'), { style: 'width: 3000px' }));
      for (const [type, x] of [['touchstart', 900], ['touchend', 300]]) {
        const touch = new Touch({ identifier: 1, target: wide, clientX: x, clientY: 300 });
        wide.scrollLeft = type === 'touchend' ? 600 : 0;
        wide.dispatchEvent(new TouchEvent(type, { bubbles: true, changedTouches: [touch],
          touches: type === 'touchend' ? [] : [touch] }));
      }
    });
    assert.equal(await place(page), '1/0');
    await page.close();
  },
};
