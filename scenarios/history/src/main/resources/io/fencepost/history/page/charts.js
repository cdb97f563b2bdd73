// Latency and rate over the visible time, and the overview of the whole run.

const BUCKETS = [1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 2e6, 5e6, 1e7, 3e7, 6e7, 3e8, 6e8, 3.6e9];
/** More granted acquires than these are shown as percentiles. */
const MOST_DOTS = 2500;

/** Acquires by the instant of their answer, and what fell into each slice of the run. */
class Acquires {
  constructor(model) {
    this.model = model;
    const answered = model.acquires.filter((row) => model.duration[row] >= 0);
    answered.sort((a, b) => model.endOf(a) - model.endOf(b));
    this.rows = Int32Array.from(answered);
    this.ends = Float64Array.from(answered, (row) => model.endOf(row));
    this.tone = Array.from(answered, (row) => model.outcomeTone(row));
    this.cache = new Map();
    let most = 0;
    let least = Infinity;
    for (const row of answered) {
      if (model.outcomeTone(row) === 'good') {
        most = Math.max(most, model.duration[row]);
        least = Math.min(least, model.duration[row]);
      }
    }
    this.most = Math.max(most, 1000);
    this.least = Math.max(Math.min(least, this.most / 10), 1);
  }

  bucketFor(view, width) {
    const wish = Math.max(view.length / (width / 2), 1e4);
    return BUCKETS.find((one) => one >= wish * 0.999) || BUCKETS[BUCKETS.length - 1];
  }

  /** For each slice that has any: its number, counts by outcome, p50 and p99 of the granted. */
  slices(size) {
    let made = this.cache.get(size);
    if (made) return made;
    made = [];
    let latencies = [];
    let current = null;
    const close = () => {
      if (!current) return;
      latencies.sort((a, b) => a - b);
      const rank = (share) => (latencies.length ? latencies[Math.max(0, Math.ceil(share * latencies.length) - 1)] : null);
      current.p50 = rank(0.5);
      current.p99 = rank(0.99);
      made.push(current);
    };
    for (let i = 0; i < this.rows.length; i++) {
      const number = Math.floor(this.ends[i] / size);
      if (!current || current.number !== number) {
        close();
        current = { number, at: number * size, granted: 0, contended: 0, failed: 0, p50: null, p99: null };
        latencies = [];
      }
      if (this.tone[i] === 'good') {
        current.granted++;
        latencies.push(this.model.duration[this.rows[i]]);
      } else if (this.tone[i] === 'plain') current.contended++;
      else current.failed++;
    }
    close();
    made.ats = Float64Array.from(made, (one) => one.at);
    this.cache.set(size, made);
    return made;
  }
}

class Chart extends Plot {
  constructor(canvas, caption, view, model, acquires) {
    super(canvas, view, model);
    this.caption = caption;
    this.acquires = acquires;
    this.top = 8;
    this.bottom = 138;
  }

  start() {
    this.resize(160);
    this.begin();
    this.faultBands(this.top, this.bottom);
    this.timeAxis(this.top, this.bottom);
  }

  valueAxis(values, label, y) {
    const c = this.context;
    c.textAlign = 'right';
    for (const value of values) {
      const at = Math.round(y(value)) + 0.5;
      c.strokeStyle = palette.line;
      c.beginPath();
      c.moveTo(this.left, at);
      c.lineTo(this.left + this.plotWidth, at);
      c.stroke();
      c.fillStyle = palette.muted;
      c.fillText(label(value), this.left - 6, at);
    }
    c.textAlign = 'left';
  }

  /** A line broken where a slice had nothing. */
  line(slices, size, value, y, colour, dash) {
    const c = this.context;
    c.strokeStyle = colour;
    c.lineWidth = 1.6;
    c.setLineDash(dash);
    c.beginPath();
    let previous = null;
    for (const slice of slices) {
      if (slice.at > this.view.to + size || slice.at + 2 * size < this.view.from) continue;
      const v = value(slice);
      if (v === null) continue;
      const x = this.x(slice.at + size / 2);
      const joined = previous !== null && slice.number - previous <= Math.max(2, 1e6 / size);
      if (joined) c.lineTo(x, y(v));
      else {
        c.moveTo(x - 1.5, y(v));
        c.lineTo(x, y(v));
      }
      previous = slice.number;
    }
    c.stroke();
    c.setLineDash([]);
    c.lineWidth = 1;
  }
}

class LatencyChart extends Chart {
  draw() {
    this.start();
    const c = this.context;
    const { acquires, view } = this;
    const low = Math.floor(Math.log10(acquires.least));
    const high = Math.max(low + 1, Math.ceil(Math.log10(acquires.most * 1.05)));
    const y = (micros) => {
      const share = Math.max(0, (Math.log10(Math.max(micros, 1)) - low) / (high - low));
      return this.bottom - 3 - share * (this.bottom - this.top - 14);
    };
    this.y = y;
    const powers = [];
    for (let power = low; power <= high; power++) powers.push(Math.pow(10, power));
    this.valueAxis(powers, (micros) => (micros < 1e3 ? micros + ' µs' : micros < 1e6 ? count(micros / 1e3) + ' ms' : count(micros / 1e6) + ' s'), y);
    this.clipPlot(0, this.bottom + 1);
    const first = lowerBound(acquires.ends, view.from);
    const last = lowerBound(acquires.ends, view.to);
    this.dotted = last - first <= MOST_DOTS;
    if (this.dotted) {
      for (let i = first; i < last; i++) {
        const x = this.x(acquires.ends[i]);
        if (acquires.tone[i] === 'good') {
          c.fillStyle = palette.series[0];
          c.beginPath();
          c.arc(x, y(this.model.duration[acquires.rows[i]]), 2.2, 0, 7);
          c.fill();
        } else if (acquires.tone[i] !== 'plain') {
          drawMark(c, acquires.tone[i] === 'bad' ? 'failed' : 'unknown', x, this.top + 5, 4);
        }
      }
      this.caption.textContent = 'Each dot is a granted acquire; at the top ✕ failed, ◆ unknown. Logarithmic axis.';
    } else {
      const size = acquires.bucketFor(view, this.plotWidth);
      const slices = acquires.slices(size);
      this.line(slices, size, (slice) => slice.p99, y, palette.series[3], [5, 3]);
      this.line(slices, size, (slice) => slice.p50, y, palette.series[0], []);
      this.drawFailed(slices, size);
      this.caption.textContent = 'Granted acquires: p50 (solid) and p99 (dashed) of each ' + span(size) + '; at the top ✕ where any failed. Logarithmic axis; single dots when zoomed in.';
    }
    c.restore();
    this.overlay(this.top, this.bottom);
  }

  drawFailed(slices, size) {
    let last = -10;
    for (const slice of slices) {
      if (slice.failed === 0 || slice.at + size < this.view.from || slice.at > this.view.to) continue;
      const x = this.x(slice.at + size / 2);
      if (x - last < 8) continue;
      last = x;
      drawMark(this.context, 'failed', x, this.top + 5, 4);
    }
  }

  hit(x, y) {
    const { acquires } = this;
    if (!this.dotted || x < this.left) return -1;
    const slack = (this.view.length / this.plotWidth) * 5;
    const t = this.t(x);
    let best = -1;
    let distance = 64;
    for (let i = lowerBound(acquires.ends, t - slack); i < acquires.ends.length && acquires.ends[i] <= t + slack; i++) {
      if (acquires.tone[i] === 'plain') continue;
      const height = acquires.tone[i] === 'good' ? this.y(this.model.duration[acquires.rows[i]]) : this.top + 5;
      const away = (this.x(acquires.ends[i]) - x) ** 2 + (height - y) ** 2;
      if (away < distance) {
        distance = away;
        best = acquires.rows[i];
      }
    }
    return best;
  }
}

class RateChart extends Chart {
  draw() {
    this.start();
    const c = this.context;
    const { acquires, view } = this;
    const size = acquires.bucketFor(view, this.plotWidth / 2);
    this.size = size;
    const slices = acquires.slices(size);
    const perSecond = 1e6 / size;
    let most = 1;
    for (let i = lowerBound(slices.ats, view.from - size); i < slices.length && slices[i].at <= view.to; i++) {
      most = Math.max(most, slices[i].granted, slices[i].contended, slices[i].failed);
    }
    const step = niceStep((most * perSecond) / 3);
    const top = Math.ceil((most * perSecond) / step) * step;
    const y = (rate) => this.bottom - (rate / top) * (this.bottom - this.top - 8);
    const values = [];
    for (let value = 0; value <= top * 1.001; value += step) values.push(value);
    this.valueAxis(values, (rate) => count(Number(rate.toFixed(1))) + '/s', y);
    this.clipPlot(0, this.bottom + 2);
    this.steps(slices, size, (slice) => slice.granted * perSecond, y, palette.series[0], [], true);
    this.steps(slices, size, (slice) => slice.contended * perSecond, y, palette.muted, [2, 3], false);
    this.steps(slices, size, (slice) => slice.failed * perSecond, y, palette.fault, [6, 2], false);
    c.restore();
    this.caption.textContent = 'Grants (solid, filled), contended tries (dotted), and failed or unknown tries (dashed) a second, in steps of ' + span(size) + '.';
    this.overlay(this.top, this.bottom);
  }

  steps(slices, size, value, y, colour, dash, filled) {
    const c = this.context;
    c.beginPath();
    let any = false;
    let next = Math.floor(Math.max(this.view.from, 0) / size) - 1;
    c.moveTo(this.x(next * size), y(0));
    for (let i = Math.max(0, lowerBound(slices.ats, this.view.from - size)); i < slices.length && slices[i].at <= this.view.to; i++) {
      const slice = slices[i];
      const v = value(slice);
      if (v > 0) any = true;
      if (slice.number > next) {
        c.lineTo(this.x(next * size), y(0));
        c.lineTo(this.x(slice.at), y(0));
      }
      c.lineTo(this.x(slice.at), y(v));
      c.lineTo(this.x(slice.at + size), y(v));
      next = slice.number + 1;
    }
    c.lineTo(this.x(next * size), y(0));
    c.lineTo(this.x(Math.min(this.model.end, this.view.to + size)), y(0));
    if (!any && !filled) return;
    if (filled) {
      c.globalAlpha = 0.25;
      c.fillStyle = colour;
      c.fill();
      c.globalAlpha = 1;
    }
    c.strokeStyle = colour;
    c.lineWidth = 1.6;
    c.setLineDash(dash);
    c.stroke();
    c.setLineDash([]);
    c.lineWidth = 1;
  }
}

/** The whole run in a strip, with a window on the visible part that can be dragged. */
class Overview extends Plot {
  constructor(canvas, view, model, acquires) {
    super(canvas, view, model);
    this.acquires = acquires;
    this.main = view;
    this.view = { from: view.min, to: view.max, length: view.max - view.min };
    let grip = null;
    const timeAt = (event) => this.t(event.clientX - canvas.getBoundingClientRect().left);
    canvas.addEventListener('pointerdown', (event) => {
      canvas.setPointerCapture(event.pointerId);
      const t = timeAt(event);
      const edge = (this.view.length / this.plotWidth) * 7;
      if (Math.abs(t - view.from) < edge) grip = { edge: 'from' };
      else if (Math.abs(t - view.to) < edge) grip = { edge: 'to' };
      else {
        if (t < view.from || t > view.to || view.whole) view.set(t - view.length / 2, t + view.length / 2);
        grip = { offset: t - view.from };
      }
    });
    canvas.addEventListener('pointermove', (event) => {
      const t = timeAt(event);
      const edge = (this.view.length / this.plotWidth) * 7;
      canvas.style.cursor = Math.abs(t - view.from) < edge || Math.abs(t - view.to) < edge ? 'ew-resize' : 'grab';
      if (!grip) return;
      if (grip.edge === 'from') view.set(Math.min(t, view.to - view.shortest), view.to);
      else if (grip.edge === 'to') view.set(view.from, Math.max(t, view.from + view.shortest));
      else view.set(t - grip.offset, t - grip.offset + view.length);
    });
    const letGo = () => (grip = null);
    canvas.addEventListener('pointerup', letGo);
    canvas.addEventListener('pointercancel', letGo);
  }

  draw() {
    this.resize(52);
    this.begin();
    const c = this.context;
    const bottom = 44;
    this.faultBands(4, bottom);
    const size = this.acquires.bucketFor(this.view, this.plotWidth);
    const slices = this.acquires.slices(size);
    const most = slices.reduce((m, slice) => Math.max(m, slice.granted), 1);
    this.clipPlot(0, 52);
    c.fillStyle = palette.series[0];
    for (const slice of slices) {
      const height = (slice.granted / most) * (bottom - 14);
      c.fillRect(this.x(slice.at), bottom - height, Math.max(this.x(slice.at + size) - this.x(slice.at), 1), height);
    }
    c.fillStyle = palette.fault;
    for (const slice of slices) if (slice.failed > 0) c.fillRect(this.x(slice.at), bottom, Math.max(this.x(slice.at + size) - this.x(slice.at), 1), 4);
    c.fillStyle = palette.violation;
    for (const overlap of this.model.data.overlaps) {
      const x = this.x(overlap.from);
      c.beginPath();
      c.moveTo(x - 5, 1);
      c.lineTo(x + 5, 1);
      c.lineTo(x, 11);
      c.fill();
      c.fillRect(x - 0.5, 4, 1, bottom - 4);
    }
    c.restore();
    c.fillStyle = palette.muted;
    c.textAlign = 'right';
    c.fillText(this.left > 80 ? 'whole run' : 'run', this.left - 8, 26);
    c.textAlign = 'left';
    const { main } = this;
    const from = this.x(main.from);
    const to = Math.max(this.x(main.to), from + 3);
    c.fillStyle = palette.panel;
    c.globalAlpha = 0.65;
    c.fillRect(this.left, 0, from - this.left, 52);
    c.fillRect(to, 0, this.left + this.plotWidth - to, 52);
    c.globalAlpha = 1;
    c.strokeStyle = palette.text;
    c.strokeRect(from + 0.5, 1.5, to - from - 1, 48);
    c.fillStyle = palette.text;
    for (const edge of [from, to]) c.fillRect(edge - 2, 18, 4, 14);
  }
}
