// SPDX-License-Identifier: MIT
// own.js: one's own run in place of the recorded ones: a bench's --json, or a capture for the
// ladders.  Picked (key d, or the button below a figure) or dropped; kept while the browser's
// session lasts, for all decks.
(function () {
  'use strict';

  const most = 20 << 20, key = 'socklab.own';
  const shown = document.createElement('p');
  const picker = document.createElement('input');

  // One line about what just happened, for a while.
  function say(en, ko, bad) {
    shown.className = bad ? 'own-said bad' : 'own-said';
    shown.setAttribute('role', bad ? 'alert' : 'status');
    shown.replaceChildren(socklab.both(en, ko));
    if (!shown.isConnected)
      document.body.append(shown);
    clearTimeout(say.timer);
    say.timer = setTimeout(() => shown.remove(), bad ? 12000 : 5000);
  }

  class Refusal extends Error {
    constructor(en, ko) {
      super(en);
      this.ko = ko;
    }
  }

  const isThing = (thing) => Boolean(thing) && typeof thing === 'object';
  const isText = (text) => typeof text === 'string';
  const isNumber = (n) => typeof n === 'number' && Math.abs(n) < 1e15; // as bench report takes
  const isStatistic = (n) => n === undefined || n === null || isNumber(n);
  const isInterval = (two) => !two || (Array.isArray(two) && two.length === 2 &&
    two.every(isNumber));
  const isRatio = (ratio) => !ratio || (isThing(ratio) && isText(ratio.to) &&
    isStatistic(ratio.value) && isInterval(ratio.ci95));

  const isRow = (row) => isThing(row) && isThing(row.params) &&
    ['measure', 'transport', 'metric', 'unit'].every((name) => isText(row[name])) &&
    (isText(row.na) || isNumber(row.value) || (isNumber(row.n) && isNumber(row.p50))) &&
    ['p90', 'p99', 'p999', 'max', 'min', 'mean', 'predicted'].every((name) =>
      isStatistic(row[name])) && isInterval(row.ci95) && isRatio(row.ratio);

  const isWire = (wire) => !wire || (isThing(wire) && isText(wire.spec) && isNumber(wire.rtt_ms));

  // What the bench wrote, or a Refusal.  Looked at closely, for anybody's file may be picked.
  socklab.readOwn = (text) => {
    let json;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw new Refusal('this is no whole JSON file', '온전한 JSON 파일이 아닙니다');
    }
    const schema = String(json && json.schema);
    if (!schema.startsWith('socklab-bench/'))
      throw new Refusal('the bench did not write this: bench --json FILE does',
        'bench가 쓴 파일이 아닙니다. bench --json FILE로 만드세요');
    if (schema !== 'socklab-bench/1')
      throw new Refusal(`of another version: ${schema}, not socklab-bench/1`,
        `다른 버전입니다: socklab-bench/1이 아니라 ${schema}`);
    const whole = Array.isArray(json.rows) && json.rows.every(isRow) && Array.isArray(json.argv) &&
      json.argv.every(isText) && isText(json.time) && isThing(json.host) && isWire(json.wire);
    if (!whole)
      throw new Refusal('some of what the bench writes is missing', 'bench가 쓰는 내용 일부가 없습니다');
    return json;
  };

  function keep(file, text) {
    try {
      sessionStorage.setItem(key, JSON.stringify({ file, text }));
    } catch (error) { // no room, or not allowed: it lasts as long as this page then
      return false;
    }
    return true;
  }

  function use(file, json) {
    socklab.own = { name: file, file, json, own: true };
    socklab.drawFigures();
  }

  const figuresOfOwn = () => document.querySelectorAll('.figure-source .own').length +
    document.querySelectorAll('.value.own').length;

  function useText(file, text) {
    use(file, socklab.readOwn(text));
    const kept = keep(file, text), n = figuresOfOwn();
    say(`${file}: ${n} figures here are now your own${kept ? '' : ' (until this page is left)'}`,
      `${file}: 이 페이지의 그림과 값 ${n}개가 내 측정입니다${kept ? '' : ' (이 페이지를 떠날 때까지)'}`);
  }

  function useCapture(file, bytes) {
    if (!socklab.readCapture)
      throw new Refusal('no ladder is drawn in this deck', '이 슬라이드에는 사다리 그림이 없습니다');
    const all = socklab.readCapture(bytes);
    if (all.length === 0)
      throw new Refusal('no TCP and no UDP in this capture', '이 캡처에는 TCP도 UDP도 없습니다');
    socklab.ownCapture = { name: file, file, own: true, bytes };
    socklab.drawFigures();
    const n = document.querySelectorAll('.ladder .source.own').length;
    say(`${file}: ${n} ladder(s) here now your own`,
      `${file}: 이 페이지의 사다리 그림 ${n}개가 내 캡처입니다`);
  }

  async function take(file) {
    try {
      if (file.size > most)
        throw new Refusal('more than 20 MB', '20 MB보다 큽니다');
      const bytes = new Uint8Array(await file.arrayBuffer());
      if ([0xd4, 0xa1, 0x4d].includes(bytes[0]) || (bytes[0] === 0x0a && bytes[1] === 0x0d))
        useCapture(file.name, bytes);
      else
        useText(file.name, new TextDecoder().decode(bytes));
    } catch (error) {
      const ko = error.ko || `읽을 수 없습니다 (${error.message})`;
      say(`${file.name}: ${error.message}`, `${file.name}: ${ko}`, true);
    }
  }

  // The packets that were lost, by their numbers, in what a ladder shows.
  const lostOf = (run, data) => (data.of || '').split(/\s+/).filter(Boolean).map((of) =>
    socklab.ladderPackets(socklab.pickConversation(run, of), data).filter((x) => x.lost)
      .map((x) => x.number).join()).join(';');

  // A ladder from one's own capture, where it has such conversations and lost the same packets:
  // the slide around it speaks of them, or of none.
  socklab.ladderRun = (data) => {
    const own = socklab.ownCapture, recorded = socklab.run(data.run);
    if (!own)
      return recorded;
    try {
      return lostOf(own, data) === lostOf(recorded, data) ? own : recorded;
    } catch (error) {
      return recorded;
    }
  };

  function recordedAgain() {
    socklab.own = socklab.ownCapture = null;
    try {
      sessionStorage.removeItem(key);
    } catch (error) { /* it never was kept */ }
    socklab.drawFigures();
    say('the recorded runs again', '다시 기록된 실행입니다');
  }

  function button(en, ko, action) {
    const made = document.createElement('button');
    made.type = 'button';
    made.append(socklab.both(en, ko));
    made.addEventListener('click', action);
    return made;
  }

  // What stands at the end of each caption.
  socklab.ownButton = () => (socklab.own || socklab.ownCapture
    ? button('recorded again', '다시 기록으로', recordedAgain)
    : button('your own run (d)', '내 측정 (d)', () => picker.click()));

  const typing = (target) => target instanceof Element &&
    target.closest('input, textarea, select, button, [contenteditable]');

  const isOurs = (event) => event.code === 'KeyD' && !event.defaultPrevented &&
    !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey && !event.isComposing &&
    !typing(event.target);

  function listen() {
    picker.type = 'file';
    picker.accept = '.json,.pcap';
    picker.addEventListener('change', () => {
      if (picker.files.length > 0)
        take(picker.files[0]);
      picker.value = '';
    });
    // The deck's help lists it; the key itself works under reveal.js, too.
    if (socklab.commands)
      socklab.commands.push({ keys: ['d'], en: 'Figures from your own run',
        ko: '내 측정으로 그림 그리기', act: () => picker.click() });
    document.addEventListener('keydown', (event) => {
      if (!isOurs(event))
        return;
      event.preventDefault();
      picker.click();
    });
    document.addEventListener('dragover', (event) => event.preventDefault());
    document.addEventListener('drop', (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length > 0)
        take(event.dataTransfer.files[0]);
    });
  }

  // Before the figures are drawn for the first time.
  function restore() {
    try {
      const { file, text } = JSON.parse(sessionStorage.getItem(key)) || {};
      if (text)
        socklab.own = { name: file, file, json: socklab.readOwn(text), own: true };
    } catch (error) { // kept by another version, or not allowed: the recorded runs then
      socklab.own = null;
    }
  }

  restore();
  listen();
}());
