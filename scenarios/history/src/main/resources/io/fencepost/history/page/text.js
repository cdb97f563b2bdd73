// Words, numbers with units, and elements. Text of the history goes into the page as text only.

const grouped = (digits) => digits.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
const count = (n) => grouped(String(n));

/** A span of time with three significant digits and the unit that suits it. */
function span(micros) {
  if (micros === 0) return '0 s';
  const size = Math.abs(micros);
  if (size < 1000) return Math.round(micros) + ' µs';
  const [value, unit] = size < 1e6 ? [micros / 1e3, 'ms'] : [micros / 1e6, 's'];
  const digits = Math.abs(value) < 9.995 ? 2 : Math.abs(value) < 99.95 ? 1 : 0;
  return grouped(value.toFixed(digits).split('.')[0]) + (digits ? '.' + value.toFixed(digits).split('.')[1] : '') + ' ' + unit;
}

/** An instant in seconds since the first event. */
const instant = (micros, digits = 6) => (micros / 1e6).toFixed(digits) + ' s';

/** Digits after the point that tell apart instants that are a step apart. */
const digitsFor = (step) => Math.max(0, Math.min(6, Math.ceil(-Math.log10(step / 1e6) - 1e-9)));

function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === false || value === null) continue;
    if (key === 'class') made.className = value;
    else if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value === true ? '' : value);
  }
  for (const child of children) made.append(child);
  return made;
}

const later = (wait, action) => {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(action, wait);
  };
};

/** A field as it is shown: instants in seconds, spans and counts as recorded. */
function shown(model, row, name) {
  const value = model.field(row, name);
  if (value === null || value === undefined) return null;
  if (model.isInstant(row, name)) return instant(value);
  if (name.endsWith('_ms') && typeof value === 'number') return count(value) + ' ms';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Names tell the unit where the value does not. */
const label = (name) => name.replace(/_ms$/, '').replace(/_/g, ' ');

/** Name and text of all that is known of an operation. */
function facts(model, row) {
  const list = [
    ['operation', model.kindName(row) + ', ' + model.outcomeWord(row)],
    ['process', model.processName(row) + (model.thread[row] >= 0 ? ', thread ' + model.thread[row] : '')],
  ];
  if (model.lock[row] >= 0) list.push(['lock', model.lockName(row)]);
  list.push(['start', instant(model.start[row])]);
  list.push(['took', model.duration[row] < 0 ? 'no answer' : span(model.duration[row])]);
  const lease = model.leaseOfRow[row];
  if (lease >= 0) {
    list.push(['held', instant(model.leaseFrom[lease]) + ' to ' + instant(model.leaseTo[lease]) + ' (' + span(model.leaseTo[lease] - model.leaseFrom[lease]) + ')']);
    list.push(['ended by', model.leaseHow[lease]]);
    if (model.overlapped[lease]) list.push(['overlap', 'held while another lease of this lock was in force']);
  }
  for (const name of model.fieldNames(row)) {
    const text = shown(model, row, name);
    if (text !== null) list.push([label(name), text]);
  }
  list.push(['line', 'history line ' + count(model.line[row])]);
  return list;
}
