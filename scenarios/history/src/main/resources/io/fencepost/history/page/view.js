// The visible range of time, shared by the timeline, the charts and the table.

const calm = matchMedia('(prefers-reduced-motion: reduce)');

class View {
  constructor(end) {
    this.min = -end * 0.005;
    this.max = end * 1.005;
    this.from = this.min;
    this.to = this.max;
    this.shortest = 20;
    this.listeners = [];
    this.pending = false;
    this.flight = 0;
  }

  onChange(listener) {
    this.listeners.push(listener);
  }

  get length() {
    return this.to - this.from;
  }

  get whole() {
    return this.from <= this.min && this.to >= this.max;
  }

  set(from, to) {
    this.flight++;
    this.move(from, to);
  }

  move(from, to) {
    const length = Math.min(Math.max(to - from, this.shortest), this.max - this.min);
    const middle = (from + to) / 2;
    this.from = Math.min(Math.max(middle - length / 2, this.min), this.max - length);
    this.to = this.from + length;
    this.changed();
  }

  changed() {
    if (this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      for (const listener of this.listeners) listener();
    });
  }

  zoom(factor, at = (this.from + this.to) / 2) {
    const length = Math.min(Math.max(this.length * factor, this.shortest), this.max - this.min);
    const share = (at - this.from) / this.length;
    this.set(at - length * share, at - length * share + length);
  }

  pan(share) {
    this.set(this.from + this.length * share, this.to + this.length * share);
  }

  reset() {
    this.fly(this.min, this.max);
  }

  /** Goes there in a fifth of a second, or at once for whoever asked for less motion. */
  fly(from, to) {
    if (calm.matches || document.hidden) {
      this.set(from, to);
      return;
    }
    const flight = ++this.flight;
    const [oldFrom, oldTo] = [this.from, this.to];
    const began = performance.now();
    const step = (now) => {
      if (flight !== this.flight) return;
      const t = Math.min(1, Math.max(0, (now - began) / 200));
      const eased = 1 - (1 - t) * (1 - t);
      this.move(oldFrom + (from - oldFrom) * eased, oldTo + (to - oldTo) * eased);
      if (t < 1) requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  /** Shows the range with room around it. */
  show(from, to) {
    const room = Math.max((to - from) * 0.6, 5000);
    this.fly(from - room, to + room);
  }

  toHash() {
    const digits = digitsFor(this.length / 1000);
    return this.whole ? '' : '#t=' + (this.from / 1e6).toFixed(digits) + ',' + (this.to / 1e6).toFixed(digits);
  }

  readHash() {
    const found = /^#t=(-?[0-9.]+),(-?[0-9.]+)$/.exec(location.hash);
    if (found && Number(found[2]) > Number(found[1])) this.set(Number(found[1]) * 1e6, Number(found[2]) * 1e6);
  }
}
