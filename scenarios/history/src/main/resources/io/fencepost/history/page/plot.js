// A canvas whose x-axis is the visible time: its size, colours, axis, fault bands, and the gestures that move the time.

const palette = {};

function readPalette() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['bg', 'panel', 'text', 'muted', 'line', 'faint', 'fault', 'violation', 'good', 'unknown', 'wait', 'dead']) {
    palette[name] = style.getPropertyValue('--' + name).trim();
  }
  palette.series = [0, 1, 2, 3, 4, 5].map((i) => style.getPropertyValue('--series' + i).trim());
  palette.onSeries = [0, 1, 2, 3, 4, 5].map((i) => style.getPropertyValue('--on-series' + i).trim());
  hatches.clear();
}

const hatches = new Map();

/** Diagonal stripes of the colour, so that a meaning is never in the colour alone. */
function hatch(context, colour, gap = 6, width = 2) {
  const key = colour + gap + '/' + width;
  let pattern = hatches.get(key);
  if (!pattern) {
    const tile = document.createElement('canvas');
    tile.width = gap;
    tile.height = gap;
    const ink = tile.getContext('2d');
    ink.strokeStyle = colour;
    ink.lineWidth = width;
    ink.beginPath();
    for (const shift of [-gap, 0, gap]) {
      ink.moveTo(shift - 1, gap + 1);
      ink.lineTo(shift + gap + 1, -1);
    }
    ink.stroke();
    pattern = context.createPattern(tile, 'repeat');
    hatches.set(key, pattern);
  }
  return pattern;
}

const STEPS = [1, 2, 5];

/** The smallest of 1, 2, 5, 10, … that is at least the wish. */
function niceStep(wish) {
  const power = Math.pow(10, Math.floor(Math.log10(wish)));
  for (const step of STEPS) if (step * power >= wish * 0.999) return step * power;
  return 10 * power;
}

function fitted(context, text, room) {
  if (context.measureText(text).width <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (context.measureText(text.slice(0, middle) + '…').width <= room) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? '' : text.slice(0, low) + '…';
}

class Plot {
  constructor(canvas, view, model) {
    this.canvas = canvas;
    this.view = view;
    this.model = model;
    this.context = canvas.getContext('2d');
    this.width = 0;
    this.height = 0;
    this.right = 8;
    this.selection = null;
  }

  /** One gutter for all plots, so that a moment stands at the same x in each. */
  get left() {
    return this.width < 560 ? 58 : 112;
  }

  get plotWidth() {
    return Math.max(this.width - this.left - this.right, 10);
  }

  resize(height) {
    const width = this.canvas.parentElement.clientWidth;
    const ratio = window.devicePixelRatio || 1;
    if (width === this.width && height === this.height && ratio === this.ratio) return;
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.canvas.style.height = height + 'px';
  }

  begin() {
    const c = this.context;
    c.setTransform(this.ratio, 0, 0, this.ratio, 0, 0);
    c.fillStyle = palette.panel;
    c.fillRect(0, 0, this.width, this.height);
    c.font = FONT;
    c.textBaseline = 'middle';
    c.textAlign = 'left';
    c.lineWidth = 1;
    c.setLineDash([]);
    c.globalAlpha = 1;
  }

  x(t) {
    return this.left + ((t - this.view.from) / this.view.length) * this.plotWidth;
  }

  t(x) {
    return this.view.from + ((x - this.left) / this.plotWidth) * this.view.length;
  }

  clipPlot(top, bottom) {
    this.context.save();
    this.context.beginPath();
    this.context.rect(this.left, top, this.plotWidth, bottom - top);
    this.context.clip();
  }

  /** Grid lines from top to bottom and, below them, the seconds. */
  timeAxis(top, bottom, labelled = true) {
    const c = this.context;
    const step = niceStep((this.view.length / this.plotWidth) * 90);
    const digits = digitsFor(step);
    c.strokeStyle = palette.faint;
    c.beginPath();
    const first = Math.ceil(this.view.from / step);
    const last = Math.floor(this.view.to / step);
    for (let i = first; i <= last; i++) {
      const x = Math.round(this.x(i * step)) + 0.5;
      c.moveTo(x, top);
      c.lineTo(x, bottom + (labelled ? 4 : 0));
    }
    c.stroke();
    if (!labelled) return;
    c.fillStyle = palette.muted;
    c.textAlign = 'center';
    for (let i = first; i <= last; i++) {
      const text = ((i * step) / 1e6).toFixed(digits) + ' s';
      const half = c.measureText(text).width / 2;
      const x = this.x(i * step);
      if (x - half >= this.left - 20 && x + half <= this.width) c.fillText(text, x, bottom + 12);
    }
    c.textAlign = 'left';
  }

  faultBands(top, bottom) {
    const c = this.context;
    this.clipPlot(top, bottom);
    for (const fault of this.model.data.faults) {
      if (fault.to < this.view.from || fault.from > this.view.to) continue;
      const x = this.x(fault.from);
      const width = Math.max(this.x(fault.to) - x, 1);
      c.fillStyle = palette.fault;
      c.globalAlpha = fault.proved ? 0.12 : 0.05;
      c.fillRect(x, top, width, bottom - top);
      c.globalAlpha = 0.75;
      c.strokeStyle = palette.fault;
      c.setLineDash(fault.proved ? [] : [3, 3]);
      c.beginPath();
      for (const edge of [Math.round(x) + 0.5, Math.round(x + width) - 0.5]) {
        c.moveTo(edge, top);
        c.lineTo(edge, bottom);
      }
      c.stroke();
    }
    c.restore();
    c.globalAlpha = 1;
    c.setLineDash([]);
  }

  /** The range that is being dragged, and where the pointer stands in any of the plots. */
  overlay(top, bottom) {
    const c = this.context;
    if (this.selection) {
      const [a, b] = this.selection;
      c.fillStyle = palette.text;
      c.globalAlpha = 0.14;
      c.fillRect(Math.min(a, b), top, Math.abs(b - a), bottom - top);
      c.globalAlpha = 1;
      c.strokeStyle = palette.text;
      c.strokeRect(Math.min(a, b) + 0.5, top + 0.5, Math.abs(b - a), bottom - top - 1);
    }
    if (Plot.pointer !== null && Plot.pointer >= this.view.from && Plot.pointer <= this.view.to) {
      const x = Math.round(this.x(Plot.pointer)) + 0.5;
      c.strokeStyle = palette.muted;
      c.setLineDash([2, 3]);
      c.beginPath();
      c.moveTo(x, top);
      c.lineTo(x, bottom);
      c.stroke();
      c.setLineDash([]);
    }
  }
}

Plot.pointer = null;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif';

/**
 * Drag chooses a range, drag with Shift or with the second button pans, as one finger does; two fingers and the wheel zoom. The wheel alone scrolls the
 * page until the plot has the focus: whoever reads past it is not caught in it.
 */
function gestures(plot, { hover, leave, click }) {
  const { canvas, view } = plot;
  const fingers = new Map();
  let drag = null;
  let pinch = null;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  const inside = (x) => Math.min(Math.max(x, plot.left), plot.left + plot.plotWidth);

  canvas.addEventListener(
    'wheel',
    (event) => {
      const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const chosen = event.ctrlKey || event.metaKey || document.activeElement === canvas;
      if (!chosen && !sideways && !event.shiftKey) return;
      event.preventDefault();
      const unit = event.deltaMode === 1 ? 16 : event.deltaMode === 2 ? 200 : 1;
      if (sideways || event.shiftKey) view.pan((((sideways ? event.deltaX : event.deltaY) * unit) / plot.plotWidth) * 1);
      else view.zoom(Math.exp(Math.max(-1, Math.min(1, event.deltaY * unit * (event.ctrlKey ? 0.008 : 0.0018)))), plot.t(at(event)[0]));
    },
    { passive: false },
  );

  canvas.addEventListener('pointerdown', (event) => {
    const [x, y] = at(event);
    canvas.setPointerCapture(event.pointerId);
    if (event.pointerType === 'touch') {
      fingers.set(event.pointerId, x);
      if (fingers.size === 2) {
        const [a, b] = [...fingers.values()];
        pinch = { a: plot.t(a), b: plot.t(b) };
        drag = null;
        return;
      }
    }
    const pans = event.pointerType === 'touch' || event.shiftKey || event.button === 1;
    drag = { x, y, pans, moved: false, from: view.from, to: view.to, selects: !pans && x >= plot.left };
  });

  canvas.addEventListener('pointermove', (event) => {
    const [x, y] = at(event);
    if (pinch && fingers.has(event.pointerId)) {
      fingers.set(event.pointerId, x);
      const [a, b] = [...fingers.values()];
      if (Math.abs(a - b) > 8) {
        const perPixel = (pinch.b - pinch.a) / (b - a);
        if (perPixel > 0) {
          const from = pinch.a - (a - plot.left) * perPixel;
          view.set(from, from + perPixel * plot.plotWidth);
        }
      }
      return;
    }
    if (drag) {
      if (Math.abs(x - drag.x) > 4) drag.moved = true;
      if (drag.moved && drag.pans) {
        const shift = ((drag.x - x) / plot.plotWidth) * (drag.to - drag.from);
        view.set(drag.from + shift, drag.to + shift);
      } else if (drag.moved && drag.selects) {
        plot.selection = [inside(drag.x), inside(x)];
        view.changed();
      }
      return;
    }
    Plot.pointer = x >= plot.left ? plot.t(x) : null;
    view.changed();
    hover(x, y, event);
  });

  const up = (event, cancelled) => {
    fingers.delete(event.pointerId);
    if (pinch) {
      if (fingers.size === 0) pinch = null;
      return;
    }
    if (!drag) return;
    const { moved, x, y } = drag;
    drag = null;
    const chosen = plot.selection;
    plot.selection = null;
    if (!moved && !cancelled) click(x, y, event);
    else if (chosen && !cancelled && Math.abs(chosen[0] - chosen[1]) > 4) {
      view.fly(plot.t(Math.min(...chosen)), plot.t(Math.max(...chosen)));
    } else view.changed();
  };
  canvas.addEventListener('pointerup', (event) => up(event, false));
  canvas.addEventListener('pointercancel', (event) => up(event, true));
  canvas.addEventListener('pointerleave', () => {
    Plot.pointer = null;
    view.changed();
    leave();
  });
  canvas.addEventListener('dblclick', (event) => view.zoom(event.shiftKey ? 3 : 1 / 3, plot.t(at(event)[0])));
}
