// Lanes of leases: one a worker or one a lock.

const LANES_A_PAGE = 40;
/** Lanes of workers with hundreds of waiting threads have a row for each. */
const ROWS_OF_LANES = 320;
const BAND_ROW = 18;

class Timeline extends Plot {
  constructor(canvas, view, model) {
    super(canvas, view, model);
    this.mode = model.locks.length > 1 || model.processes.length > 1 ? 'worker' : 'lock';
    this.page = 0;
    this.chosen = -1;
    this.findingRows = new Set(model.data.findings.flatMap((finding) => finding.rows));
    this.packFaults();
    this.arrange();
    // hundreds of waiters at once would fill the page with lines before anything is seen of their lock
    if (this.mode === 'worker' && this.lanes.reduce((sum, lane) => sum + lane.subs.length, 0) > ROWS_OF_LANES) this.setMode('lock');
  }

  /** Faults that are in force together stand one above the other. */
  packFaults() {
    const ends = [];
    this.faultRow = this.model.data.faults.map((fault) => {
      let row = ends.findIndex((end) => end <= fault.from);
      if (row < 0) row = ends.length < 5 ? ends.length : 4;
      ends[row] = Math.max(ends[row] || 0, fault.to);
      return row;
    });
    this.faultRows = ends.length;
  }

  arrange() {
    const { model } = this;
    const byWorker = this.mode === 'worker';
    const keyOf = byWorker ? (row) => model.process[row] : (row) => model.lock[row];
    const lanes = new Map();
    for (const row of model.acquires) {
      const key = keyOf(row);
      if (key < 0) continue;
      let lane = lanes.get(key);
      if (!lane) {
        lane = { key, name: byWorker ? model.processes[key] : model.locks[key], rows: [], trouble: 0, leases: 0 };
        lanes.set(key, lane);
      }
      const lease = model.leaseOfRow[row];
      if (lease >= 0) lane.leases++;
      if (lease >= 0 && model.overlapped[lease]) lane.trouble++;
      lane.rows.push(row);
    }
    this.lanes = [...lanes.values()];
    // locks are many and their names say little: those with trouble come first, then the busy ones
    if (byWorker) this.lanes.sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
    else this.lanes.sort((a, b) => b.trouble - a.trouble || b.leases - a.leases || a.name.localeCompare(b.name, 'en', { numeric: true }));
    this.lanes.forEach((lane, i) => {
      lane.index = i;
      this.pack(lane, byWorker);
    });
    this.laneOf = new Map(this.lanes.map((lane) => [lane.key, lane]));
    this.number();
    this.subOf = new Map();
    for (const lane of this.lanes) lane.subs.forEach((sub, i) => sub.rows.forEach((row) => this.subOf.set(row, i)));
    this.turnPages();
  }

  turnPages() {
    this.pages = 1;
    let lanes = 0;
    let rows = 0;
    for (const lane of this.lanes) {
      if (lanes > 0 && (lanes === LANES_A_PAGE || rows + lane.subs.length > ROWS_OF_LANES)) {
        this.pages++;
        lanes = 0;
        rows = 0;
      }
      lane.page = this.pages - 1;
      lanes++;
      rows += lane.subs.length;
    }
    this.setPage(this.page);
  }

  /** What has a colour of its own in this mode: locks in lanes of workers, workers in lanes of locks. */
  number() {
    const { model } = this;
    const byLock = this.mode === 'worker';
    const names = byLock ? model.locks : model.processes;
    const used = new Set(model.acquires.map((row) => (byLock ? model.lock[row] : model.process[row])).filter((i) => i >= 0));
    this.coloured = [...used].sort((a, b) => names[a].localeCompare(names[b], 'en', { numeric: true }));
    this.colours = new Map(this.coloured.map((key, i) => [key, i % 6]));
  }

  /** What overlaps within a lane goes into rows of its own, each ascending in time. */
  pack(lane, withWaits) {
    const { model } = this;
    const spans = [];
    lane.failures = [];
    for (const row of lane.rows) {
      const lease = model.leaseOfRow[row];
      const ended = model.endOf(row);
      if (withWaits) spans.push([model.start[row], lease >= 0 ? Math.max(model.leaseTo[lease], ended) : ended, row]);
      else if (lease >= 0) spans.push([model.leaseFrom[lease], Math.max(model.leaseTo[lease], model.leaseFrom[lease]), row]);
      const tone = model.outcomeTone(row);
      if (tone === 'bad' || tone === 'unknown') lane.failures.push(row);
    }
    spans.sort((a, b) => a[0] - b[0]);
    lane.failures.sort((a, b) => model.endOf(a) - model.endOf(b));
    lane.failureEnds = Float64Array.from(lane.failures, (row) => model.endOf(row));
    lane.subs = [];
    for (const [from, to, row] of spans) {
      let sub = lane.subs.find((one) => one.end <= from);
      if (!sub) {
        sub = { end: 0, rows: [], from: [], to: [] };
        lane.subs.push(sub);
      }
      sub.rows.push(row);
      sub.from.push(from);
      sub.to.push(to);
      sub.end = to;
    }
    if (lane.subs.length === 0) lane.subs.push({ end: 0, rows: [], from: [], to: [] });
  }

  setMode(mode) {
    this.mode = mode;
    this.page = 0;
    this.arrange();
    if (this.chosen >= 0) this.reveal(this.chosen);
    this.view.changed();
  }

  setPage(page) {
    this.page = Math.min(Math.max(page, 0), this.pages - 1);
    this.shownLanes = this.lanes.filter((lane) => lane.page === this.page);
    this.view.changed();
  }

  /** The lane that shows the acquire, on the page of lanes where it is. */
  reveal(row) {
    const lane = this.laneOfRow(row);
    if (lane && lane.page !== this.page) this.setPage(lane.page);
  }

  laneOfRow(row) {
    return this.laneOf.get(this.mode === 'worker' ? this.model.process[row] : this.model.lock[row]);
  }

  layout() {
    const lanes = this.shownLanes;
    const rows = lanes.reduce((sum, lane) => sum + lane.subs.length, 0);
    this.rowHeight = Math.max(3, Math.min(24, Math.floor(560 / Math.max(rows, 1))));
    this.phaseTop = 2;
    this.bandTop = this.phaseTop + (this.model.data.phases.length ? 16 : 0);
    this.laneTop = this.bandTop + this.faultRows * BAND_ROW + 6;
    let y = this.laneTop;
    for (const lane of lanes) {
      lane.y = y;
      lane.height = Math.max(lane.subs.length * this.rowHeight, 14);
      y += lane.height + (this.rowHeight > 12 ? 6 : 3);
    }
    this.laneBottom = y;
    this.resize(y + 22);
  }

  draw() {
    this.layout();
    this.begin();
    this.faultBands(this.bandTop, this.laneBottom);
    this.timeAxis(this.laneTop - 4, this.laneBottom);
    this.drawPhases();
    this.drawFaultNames();
    for (const lane of this.shownLanes) this.drawLane(lane);
    this.drawOverlaps();
    this.drawRefused();
    this.drawChosen();
    this.overlay(this.bandTop, this.laneBottom);
  }

  drawPhases() {
    const c = this.context;
    const { phases } = this.model.data;
    this.clipPlot(0, this.laneBottom);
    phases.forEach((phase, i) => {
      const next = i + 1 < phases.length ? phases[i + 1].at : this.view.max;
      if (next < this.view.from || phase.at > this.view.to) return;
      const x = this.x(phase.at);
      c.strokeStyle = palette.muted;
      c.setLineDash([1, 3]);
      c.beginPath();
      c.moveTo(Math.round(x) + 0.5, this.phaseTop);
      c.lineTo(Math.round(x) + 0.5, this.laneBottom);
      c.stroke();
      c.setLineDash([]);
      c.fillStyle = palette.muted;
      const start = Math.max(x, this.left) + 4;
      const name = fitted(c, phase.name, this.x(next) - start - 2);
      c.fillText(name, start, this.phaseTop + 8);
    });
    c.restore();
  }

  drawFaultNames() {
    const c = this.context;
    const { faults } = this.model.data;
    this.clipPlot(0, this.laneBottom);
    faults.forEach((fault, i) => {
      if (fault.to < this.view.from || fault.from > this.view.to) return;
      const y = this.bandTop + this.faultRow[i] * BAND_ROW;
      const from = Math.max(this.x(fault.from), this.left);
      const to = Math.max(this.x(fault.to), from + 3);
      c.globalAlpha = 0.9;
      c.fillStyle = fault.proved ? palette.fault : hatch(c, palette.fault);
      c.fillRect(from, y + BAND_ROW - 5, to - from, 3);
      c.globalAlpha = 1;
      const after = faults.find((other, j) => j > i && this.faultRow[j] === this.faultRow[i]);
      const room = (after ? Math.min(this.x(after.from), this.width - this.right) : this.width - this.right) - from - 6;
      c.fillStyle = palette.text;
      c.fillText(fitted(c, faultName(fault), room), from + 3, y + 6);
    });
    c.restore();
  }

  drawLane(lane) {
    const c = this.context;
    c.fillStyle = palette.text;
    c.textAlign = 'right';
    const flagged = lane.trouble > 0;
    c.fillText(fitted(c, lane.name, this.left - (flagged ? 26 : 12)), this.left - 8, lane.y + lane.height / 2);
    c.textAlign = 'left';
    if (flagged) {
      c.fillStyle = palette.violation;
      c.font = 'bold ' + FONT;
      c.fillText('‼', 4, lane.y + lane.height / 2);
      c.font = FONT;
    }
    c.strokeStyle = palette.faint;
    c.beginPath();
    c.moveTo(this.left, lane.y + lane.height + 1.5);
    c.lineTo(this.left + this.plotWidth, lane.y + lane.height + 1.5);
    c.stroke();
    this.clipPlot(lane.y - 2, lane.y + lane.height + 2);
    if (this.mode === 'worker') this.drawStops(lane);
    lane.subs.forEach((sub, i) => this.drawSub(lane, sub, lane.y + i * this.rowHeight));
    if (this.mode === 'lock') this.drawFailures(lane);
    c.restore();
  }

  /** The worker process did not run: it was stopped, or gone. */
  drawStops(lane) {
    const c = this.context;
    for (const stop of this.model.data.stops) {
      if (stop.process !== lane.key || stop.to < this.view.from || stop.from > this.view.to) continue;
      const x = this.x(stop.from);
      const width = Math.max(this.x(stop.to) - x, 2);
      c.fillStyle = hatch(c, palette.dead, 5, 1);
      c.fillRect(x, lane.y, width, lane.height);
      this.plate(stop.how, Math.max(x, this.left) + 10, lane.y + lane.height - 9, width - 12);
    }
  }

  /** A word on a ground of its own. */
  plate(text, x, y, room) {
    const c = this.context;
    const width = c.measureText(text).width;
    if (width + 6 > room) return;
    c.fillStyle = palette.panel;
    c.fillRect(x - 2, y - 7, width + 4, 14);
    c.fillStyle = palette.text;
    c.fillText(text, x, y);
  }

  /** Stops of the holder during its lease. */
  stopsOf(row, from, to) {
    const { stops } = this.model.data;
    return stops.length === 0 ? stops : stops.filter((stop) => stop.process === this.model.process[row] && stop.from >= from && stop.from <= to);
  }

  colourOf(row) {
    return this.colours.get(this.mode === 'worker' ? this.model.lock[row] : this.model.process[row]) || 0;
  }

  drawSub(lane, sub, y) {
    const c = this.context;
    const { model, view } = this;
    const height = this.rowHeight - (this.rowHeight > 12 ? 4 : 1);
    const marks = [];
    let i = Math.max(0, lowerBound(sub.to, view.from));
    // bars thinner than this are counted into the pixel that they fall in
    const thin = (view.length / this.plotWidth) * 1.5;
    let pixel = -1;
    let cover = 0;
    let colour = 0;
    const flush = () => {
      if (pixel >= 0) {
        c.globalAlpha = 0.4 + 0.6 * Math.min(1, cover);
        c.fillStyle = palette.series[colour];
        c.fillRect(pixel, y + 1, 1, height);
        c.globalAlpha = 1;
      }
      pixel = -1;
      cover = 0;
    };
    let waitEnd = -1;
    for (; i < sub.rows.length && sub.from[i] <= view.to; i++) {
      const row = sub.rows[i];
      const lease = model.leaseOfRow[row];
      const start = model.start[row];
      const end = model.endOf(row);
      if (this.mode === 'worker' || sub.to[i] - sub.from[i] > thin * 4) waitEnd = this.drawWait(start, end, this.mode === 'worker' ? y + height / 2 + 1 : y + height + 2, waitEnd);
      if (lease < 0) {
        const tone = model.outcomeTone(row);
        if (tone !== 'good') marks.push([end, tone === 'plain' ? 'contended' : tone === 'bad' ? 'failed' : 'unknown', row]);
        continue;
      }
      const from = model.leaseFrom[lease];
      const to = model.leaseTo[lease];
      const how = model.leaseHow[lease];
      if (how !== 'release') marks.push([Math.max(to, from), how === 'killed' ? 'end of validity' : how, row]);
      for (const stop of this.stopsOf(row, from, to)) marks.push([stop.from, stop.how, row]);
      if (to - from < thin) {
        const x = Math.floor(this.x(from));
        if (x !== pixel) flush();
        pixel = x;
        colour = this.colourOf(row);
        cover += (Math.max(to - from, 0) / view.length) * this.plotWidth;
        continue;
      }
      flush();
      this.drawBar(row, lease, from, to, how, y + 1, height);
    }
    flush();
    this.drawMarks(marks, y + 1, height);
  }

  drawWait(start, end, y, drawnTo) {
    const c = this.context;
    const x = Math.max(this.x(start), this.left - 2, drawnTo);
    const to = Math.min(this.x(end), this.width);
    if (to - x < 0.5) return drawnTo;
    c.fillStyle = palette.wait;
    c.fillRect(x, y - 0.75, to - x, 1.5);
    return to;
  }

  drawBar(row, lease, from, to, how, y, height) {
    const c = this.context;
    const { model } = this;
    const number = this.colourOf(row);
    const x = Math.max(this.x(from), this.left - 4);
    const right = Math.min(this.x(to), this.width + 4);
    const width = right - x;
    c.fillStyle = palette.series[number];
    c.fillRect(x, y, width, height);
    if (how !== 'release' && width > 6) {
      // an open end: nobody gave this lease back
      c.fillStyle = hatch(c, palette.panel, 4, 1.5);
      c.fillRect(Math.max(x, right - 8), y, Math.min(8, width), height);
    }
    if (height < 10) return;
    const token = model.field(row, 'token');
    if (token === null) return;
    const text = '#' + token;
    if (width > 22 && c.measureText(text).width + 8 < width - (how === 'release' ? 0 : 8)) {
      c.fillStyle = palette.onSeries[number];
      c.fillText(text, Math.max(x, this.left) + 4, y + height / 2 + 0.5);
    }
    if (width > 60) this.drawUnder(row, y, height, number);
  }

  /** What the holder did: renewals as ticks at the top, reads and writes of the store at the bottom. */
  drawUnder(row, y, height, number) {
    const c = this.context;
    const { model } = this;
    for (const one of model.underGrant(row)) {
      const kind = model.kindName(one);
      const x = this.x(model.endOf(one));
      if (x < this.left || x > this.width) continue;
      const tone = model.outcomeTone(one);
      if (kind === 'renewed') {
        c.fillStyle = palette.onSeries[number];
        c.fillRect(x - 0.75, y, 1.5, 5);
      } else if ((kind === 'read' || kind === 'write') && tone === 'good') {
        c.fillStyle = palette.onSeries[number];
        c.fillRect(x - 0.75, y + height - (kind === 'write' ? 5 : 3), 1.5, kind === 'write' ? 5 : 3);
      }
    }
  }

  drawMarks(marks, y, height) {
    let last = '';
    for (const [t, what] of marks) {
      const x = this.x(t);
      const place = what + Math.round(x / 3);
      if (x < this.left - 5 || x > this.width + 5 || place === last) continue;
      last = place;
      drawMark(this.context, what, x, y + height / 2, Math.min(height, 14) / 2);
    }
  }

  /** In a lane of a lock many wait at once: only those that got no clear answer leave a mark, at the foot of the lane. */
  drawFailures(lane) {
    const marks = [];
    for (let i = lowerBound(lane.failureEnds, this.view.from); i < lane.failures.length && lane.failureEnds[i] <= this.view.to; i++) {
      const row = lane.failures[i];
      marks.push([lane.failureEnds[i], this.model.outcomeTone(row) === 'bad' ? 'failed' : 'unknown', row]);
    }
    this.drawMarks(marks, lane.y + lane.height - 8, 8);
  }

  drawOverlaps() {
    const c = this.context;
    const { model, view } = this;
    let last = '';
    this.clipPlot(this.laneTop - 14, this.laneBottom);
    for (const overlap of model.data.overlaps) {
      if (overlap.to < view.from || overlap.from > view.to) continue;
      const rows = [model.leaseRow[overlap.a], model.leaseRow[overlap.b]];
      const boxes = rows.map((row) => this.boxOf(row)).filter((box) => box !== null);
      if (boxes.length === 0) continue;
      const x = this.x(overlap.from);
      const width = Math.max(this.x(overlap.to) - x, 4);
      const place = Math.round(x / 3) + '/' + boxes.map((box) => box.y).join();
      if (width === 4 && place === last) continue;
      last = place;
      const top = Math.min(...boxes.map((box) => box.y));
      const bottom = Math.max(...boxes.map((box) => box.y + box.height));
      for (const box of boxes) {
        c.fillStyle = hatch(c, palette.violation, 6, 3);
        c.fillRect(x, box.y, width, box.height);
        c.strokeStyle = palette.violation;
        c.lineWidth = 2;
        c.strokeRect(x, box.y, width, box.height);
      }
      c.lineWidth = 1.5;
      c.beginPath();
      c.moveTo(x, top - 4);
      c.lineTo(x, bottom);
      c.stroke();
      c.lineWidth = 1;
      c.fillStyle = palette.violation;
      c.beginPath();
      c.moveTo(x - 6, top - 12);
      c.lineTo(x + 6, top - 12);
      c.lineTo(x, top - 2);
      c.fill();
      boxes.forEach((box, i) => {
        const words = '#' + model.field(box.row, 'token') + (i === 0 ? ' two holders' : '');
        if (box.height >= 10) this.plate(words, Math.max(x, this.left) + 8, box.y + box.height / 2, Math.min(x + width, this.width) - Math.max(x, this.left) - 8);
      });
    }
    c.restore();
  }

  /** Holders that came too late: what the fence refused, in the row of the grant that it was done under. */
  drawRefused() {
    this.clipPlot(this.laneTop - 14, this.laneBottom);
    for (const [at, grant] of this.model.refused()) {
      if (at < this.view.from || at > this.view.to) continue;
      const box = this.boxOf(grant);
      if (box !== null) drawMark(this.context, 'refused', this.x(at), box.y + box.height / 2, Math.min(box.height, 14) / 2);
    }
    this.context.restore();
  }

  /** Where the bar of an acquire stands, if its lane is on this page. */
  boxOf(row) {
    const lane = this.laneOfRow(row);
    if (!lane || lane.page !== this.page) return null;
    const sub = this.subOf.get(row);
    if (sub === undefined) return null;
    return { row, y: lane.y + sub * this.rowHeight + 1, height: this.rowHeight - (this.rowHeight > 12 ? 4 : 1) };
  }

  spanOf(row) {
    const lease = this.model.leaseOfRow[row];
    const from = this.mode === 'worker' || lease < 0 ? this.model.start[row] : this.model.leaseFrom[lease];
    return [from, lease >= 0 ? Math.max(this.model.leaseTo[lease], this.model.leaseFrom[lease]) : this.model.endOf(row)];
  }

  drawChosen() {
    if (this.chosen < 0) return;
    const box = this.boxOf(this.chosen);
    if (!box) return;
    const c = this.context;
    const [from, to] = this.spanOf(this.chosen);
    const x = this.x(from);
    this.clipPlot(0, this.laneBottom + 2);
    c.strokeStyle = palette.text;
    c.lineWidth = 2;
    c.strokeRect(x - 2, box.y - 2, Math.max(this.x(to) - x, 2) + 4, box.height + 4);
    c.lineWidth = 1;
    c.restore();
  }

  /** The acquire under the pointer, the nearest within three pixels, or -1; and the fault or the stop there. */
  at(x, y) {
    if (x < this.left) return { row: -1 };
    const slack = (this.view.length / this.plotWidth) * 3;
    const t = this.t(x);
    for (const lane of this.shownLanes) {
      if (y < lane.y - 2 || y > lane.y + lane.height + 2) continue;
      const sub = lane.subs[Math.min(lane.subs.length - 1, Math.max(0, Math.floor((y - lane.y) / this.rowHeight)))];
      let best = -1;
      let distance = slack;
      for (let i = Math.max(0, lowerBound(sub.to, t - slack)); i < sub.rows.length && sub.from[i] <= t + slack; i++) {
        const away = t < sub.from[i] ? sub.from[i] - t : t > sub.to[i] ? t - sub.to[i] : 0;
        if (away < distance || best < 0) {
          best = sub.rows[i];
          distance = away;
          if (away === 0 && this.model.leaseOfRow[best] >= 0) break;
        }
      }
      if (best < 0 && this.mode === 'lock') {
        const near = lowerBound(lane.failureEnds, t - slack);
        if (near < lane.failures.length && lane.failureEnds[near] <= t + slack) best = lane.failures[near];
      }
      const stop = this.mode === 'worker' ? this.model.data.stops.find((one) => one.process === lane.key && one.from <= t && one.to >= t) : undefined;
      return { row: best, stop };
    }
    if (y >= this.bandTop && y < this.laneTop) {
      const row = Math.floor((y - this.bandTop) / BAND_ROW);
      const hits = this.model.data.faults.filter((fault, i) => this.faultRow[i] === row && fault.from <= t + slack);
      const fault = hits[hits.length - 1];
      const named = fault && this.x(Math.max(fault.from, this.view.from)) + Math.max(120, 0) > x;
      if (fault && (fault.to + slack >= t || named)) return { row: -1, fault };
    }
    return { row: -1 };
  }

  /** From the chosen lease to the one beside it in its lane. */
  step(direction) {
    if (this.chosen < 0) return this.firstVisible();
    const lane = this.laneOfRow(this.chosen);
    if (!lane) return this.firstVisible();
    const at = lane.rows.indexOf(this.chosen) + direction;
    return at >= 0 && at < lane.rows.length ? lane.rows[at] : this.chosen;
  }

  firstVisible() {
    for (const lane of this.shownLanes) {
      const row = lane.rows.find((one) => this.spanOf(one)[1] >= this.view.from && this.spanOf(one)[0] <= this.view.to);
      if (row !== undefined) return row;
    }
    return -1;
  }

  stepLane(direction) {
    if (this.chosen < 0) return this.firstVisible();
    const lane = this.laneOfRow(this.chosen);
    const next = lane && this.lanes[lane.index + direction];
    if (!next || next.rows.length === 0) return this.chosen;
    const t = this.spanOf(this.chosen)[0];
    const starts = next.rows.map((row) => this.model.start[row]);
    return next.rows[Math.min(lowerBound(starts, t), next.rows.length - 1)];
  }
}

const faultName = (fault) => fault.name + (fault.target ? ' ' + fault.target : '') + (fault.proved ? '' : ' (not proved)');

/** Ends of leases and of failed attempts: a shape for each. */
function drawMark(c, what, x, y, r) {
  c.lineWidth = 2;
  if (what === 'contended') {
    c.fillStyle = palette.muted;
    c.fillRect(x - 1, y - 2, 2, 4);
  } else if (what === 'failed' || what === 'lost') {
    const size = Math.max(3, r * 0.75);
    c.strokeStyle = palette.fault;
    c.beginPath();
    c.moveTo(x - size, y - size);
    c.lineTo(x + size, y + size);
    c.moveTo(x - size, y + size);
    c.lineTo(x + size, y - size);
    c.stroke();
    if (what === 'lost') c.strokeRect(x - size, y - size, size * 2, size * 2);
  } else if (what === 'unknown') {
    c.fillStyle = palette.unknown;
    c.beginPath();
    c.moveTo(x, y - Math.max(4, r));
    c.lineTo(x + Math.max(4, r), y);
    c.lineTo(x, y + Math.max(4, r));
    c.lineTo(x - Math.max(4, r), y);
    c.fill();
  } else if (what === 'refused') {
    const size = Math.max(4, r);
    c.fillStyle = palette.panel;
    c.strokeStyle = palette.fault;
    c.beginPath();
    c.moveTo(x, y - size);
    c.lineTo(x + size, y);
    c.lineTo(x, y + size);
    c.lineTo(x - size, y);
    c.closePath();
    c.fill();
    c.stroke();
  } else if (what === 'killed') {
    c.fillStyle = palette.dead;
    c.strokeStyle = palette.panel;
    c.beginPath();
    c.moveTo(x - Math.max(4, r), y - Math.max(4, r));
    c.lineTo(x + Math.max(4, r), y - Math.max(4, r));
    c.lineTo(x, y + Math.max(4, r));
    c.closePath();
    c.fill();
    c.lineWidth = 1;
    c.stroke();
  } else if (what === 'paused') {
    c.fillStyle = palette.panel;
    c.fillRect(x - 5, y - 7, 10, 14);
    c.fillStyle = palette.dead;
    c.fillRect(x - 3.5, y - 5, 2.5, 10);
    c.fillRect(x + 1, y - 5, 2.5, 10);
  } else if (what === 'end of validity') {
    c.strokeStyle = palette.text;
    c.fillStyle = palette.panel;
    c.lineWidth = 1.5;
    c.beginPath();
    c.arc(x, y, Math.max(2.5, r * 0.55), 0, 7);
    c.fill();
    c.stroke();
  } else {
    c.strokeStyle = palette.text;
    c.lineWidth = 1.5;
    c.beginPath();
    c.moveTo(x - 1, y - 4);
    c.lineTo(x + 4, y);
    c.lineTo(x - 1, y + 4);
    c.stroke();
  }
  c.lineWidth = 1;
}
