// SPDX-License-Identifier: MIT
// scoreboard.js: who hears of an event, and how long after the first.  Pure: no page, no network.
// An event is `tick SEQ T`.  T, the server's clock, is never compared with ours: together with SEQ
// it only tells whose event it is, since a server that was restarted counts from 1 again.
(function () {
  'use strict';

  const KEPT = 4096; // events whose first arrival is remembered

  // open: 1 while a request waits for its answer, or reads it.
  function newLane(open) {
    return { last: 0, heard: 0, missed: 0, lags: [], lag: null, requests: open, open, empty: 0,
      bytes: 0 };
  }

  class Scoreboard {
    // onRestart() is called when the server turns out to be another one.
    constructor(names, onRestart) {
      this.onRestart = onRestart || (() => {});
      this.names = names;
      this.restarts = 0;
      this.before = new Map();
      this.lanes = {};
      this.begin();
    }

    begin() {
      this.firsts = new Map(); // SEQ: {t, at}
      this.newest = null;
      this.lanes = Object.fromEntries(this.names.map((name) =>
        [name, newLane(this.lanes[name] ? this.lanes[name].open : 0)]));
    }

    // What is asked when a new count begins belongs to the new count.
    asks(name) {
      this.lanes[name].requests++;
      this.lanes[name].open = 1;
    }

    answered(name) {
      this.lanes[name].open = 0;
    }

    // Nobody listens any more.  Who begins anew does so from then on: what happened meanwhile
    // nobody has missed.
    leave() {
      this.names.forEach((name) => Object.assign(this.lanes[name], { last: 0, open: 0 }));
    }

    restart() {
      this.before = this.firsts;
      this.restarts++;
      this.begin();
      this.onRestart();
    }

    // The event is one that the server before this one had: some lane was late to read it.
    isOld(seq, t) {
      const first = this.before.get(seq);
      return first !== undefined && first.t === t;
    }

    // SEQ and T grow together, and a lane hears them in order: or the server is another one.
    isForeign(lane, seq, t) {
      const first = this.firsts.get(seq);
      if (first)
        return first.t !== t;
      if (seq <= lane.last)
        return true;
      return this.newest !== null && (seq > this.newest.seq) !== (t > this.newest.t);
    }

    // An event came to the lane called name, at ms of the page's clock.  Returns its lag behind the
    // first lane that heard of it, or null when it does not count.
    heard(name, seq, t, at) {
      if (this.isOld(seq, t))
        return null;
      if (this.isForeign(this.lanes[name], seq, t))
        this.restart();
      const lane = this.lanes[name];
      if (seq <= lane.last)
        return null; // told twice: it asked again from an earlier place
      this.note(seq, t, at);
      if (lane.last > 0)
        lane.missed += seq - lane.last - 1;
      lane.last = seq;
      lane.heard++;
      lane.lag = at - this.firsts.get(seq).at;
      lane.lags.push(lane.lag);
      if (lane.lags.length > KEPT)
        lane.lags.shift();
      return lane.lag;
    }

    note(seq, t, at) {
      if (!this.firsts.has(seq))
        this.firsts.set(seq, { t, at });
      if (this.newest === null || seq > this.newest.seq)
        this.newest = { seq, t };
      if (this.firsts.size > KEPT)
        this.firsts.delete(this.firsts.keys().next().value);
    }

    // "gap FIRST": the lane asked for what the server does not have.  It goes on with FIRST, which
    // this lane has heard of only if that was another server.
    gap(name, first) {
      if (first <= this.lanes[name].last)
        this.restart();
    }

    median(name) {
      const { lags } = this.lanes[name];
      return lags.length > 0 ? socklab.median(lags) : null;
    }
  }

  // "tick SEQ T" or "gap FIRST" as an object, or null.
  Scoreboard.parse = (line) => {
    const tick = /^tick (\d{1,15}) (\d{1,20})$/.exec(line);
    const gap = /^gap (\d{1,15})$/.exec(line);
    if (tick)
      return { seq: Number(tick[1]), t: BigInt(tick[2]) };
    return gap ? { gap: Number(gap[1]) } : null;
  };

  socklab.Scoreboard = Scoreboard;
}());
