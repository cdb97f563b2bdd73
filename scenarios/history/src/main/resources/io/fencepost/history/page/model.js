// The recorded run as columns. Instants are microseconds since the first event of the history.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const CODE = new Uint8Array(128);
for (let i = 0; i < ALPHABET.length; i++) CODE[ALPHABET.charCodeAt(i)] = i;

/** The values of a column of n rows; groupOf gives the row's number in the column that the differences are grouped by. */
function decode(column, n, groupOf) {
  const values = new Array(n);
  if ('c' in column) return values.fill(column.c);
  if ('n' in column) {
    const packed = typeof column.i === 'string';
    for (let i = 0; i < n; i++) values[i] = column.n[packed ? CODE[column.i.charCodeAt(i)] : column.i[i]];
    return values;
  }
  if ('v' in column) {
    for (let i = 0; i < n; i++) values[i] = column.v[i];
  } else {
    const last = new Map();
    for (let i = 0; i < n; i++) {
      const group = column.by ? groupOf(column.by, i) : 0;
      const value = (last.get(group) || 0) + column.d[i];
      last.set(group, value);
      values[i] = value;
    }
  }
  if ('p' in column) for (let i = 0; i < n; i++) values[i] = values[i] === null ? null : column.p + values[i];
  return values;
}

class Model {
  constructor(data) {
    this.data = data;
    this.n = data.rows;
    this.kinds = data.kinds;
    this.processes = data.processes;
    this.locks = data.locks;
    this.outcomes = data.outcomes;
    this.end = Math.max(data.end, 1);
    const column = (name, Type) => Type.from(decode(data.operations[name], this.n, (by, i) => this[by][i]));
    this.process = column('process', Uint16Array);
    this.lock = column('lock', Int32Array);
    this.kind = column('kind', Uint16Array);
    this.outcome = column('outcome', Uint16Array);
    this.start = column('start', Float64Array);
    this.duration = column('duration', Float64Array);
    this.line = column('line', Float64Array);
    this.thread = column('thread', Int32Array);
    this.rowsOfKind = this.kinds.map(() => []);
    this.rank = new Int32Array(this.n);
    for (let row = 0; row < this.n; row++) {
      const rows = this.rowsOfKind[this.kind[row]];
      this.rank[row] = rows.length;
      rows.push(row);
    }
    this.columns = new Map();
    this.acquires = this.kinds.indexOf('acquire') < 0 ? [] : this.rowsOfKind[this.kinds.indexOf('acquire')];
    this.readLeases(data.leases);
  }

  readLeases(leases) {
    const n = leases.count;
    const none = () => 0;
    this.leaseRow = Int32Array.from(decode(leases.row, n, none));
    const length = decode(leases.length, n, none);
    this.leaseHow = decode(leases.how, n, none);
    this.leaseFrom = new Float64Array(n);
    this.leaseTo = new Float64Array(n);
    this.leaseOfRow = new Int32Array(this.n).fill(-1);
    this.overlapped = new Uint8Array(n);
    for (let i = 0; i < n; i++) {
      const row = this.leaseRow[i];
      this.leaseFrom[i] = this.start[row] + this.duration[row];
      this.leaseTo[i] = this.leaseFrom[i] + length[i];
      this.leaseOfRow[row] = i;
    }
    for (const overlap of this.data.overlaps) {
      this.overlapped[overlap.a] = 1;
      this.overlapped[overlap.b] = 1;
    }
  }

  /** When the operation ended; one without an answer ends with the history. */
  endOf(row) {
    return this.duration[row] < 0 ? this.end : this.start[row] + this.duration[row];
  }

  fieldNames(row) {
    return Object.keys(this.data.fields[this.kinds[this.kind[row]]] || {});
  }

  /** A recorded field of the operation; instants are since the first event, in microseconds. */
  field(row, name) {
    const kind = this.kind[row];
    const encoded = (this.data.fields[this.kinds[kind]] || {})[name];
    if (!encoded) return null;
    const key = kind + '/' + name;
    let values = this.columns.get(key);
    if (!values) {
      const rows = this.rowsOfKind[kind];
      values = decode(encoded, rows.length, (by, i) => this[by][rows[i]]);
      this.columns.set(key, values);
    }
    const value = values[this.rank[row]];
    return value !== null && encoded.t ? value + this.start[row] : value;
  }

  isInstant(row, name) {
    return Boolean(this.data.fields[this.kinds[this.kind[row]]][name].t);
  }

  outcomeWord(row) {
    return this.outcomes[this.outcome[row]][1];
  }

  /** good, plain, bad or unknown */
  outcomeTone(row) {
    return this.outcomes[this.outcome[row]][0];
  }

  processName(row) {
    return this.processes[this.process[row]];
  }

  lockName(row) {
    return this.lock[row] < 0 ? '' : this.locks[this.lock[row]];
  }

  kindName(row) {
    return this.kinds[this.kind[row]];
  }

  /** The acquire that an operation of a holder belongs to, or -1. */
  grantOf(row) {
    const grant = this.field(row, 'grant');
    if (grant === null) return -1;
    if (!this.grantRows) {
      this.grantRows = new Map();
      for (const one of this.acquires) this.grantRows.set(this.processName(one) + '\n' + this.field(one, 'id'), one);
    }
    const by = this.kindName(row).startsWith('store ') ? this.field(row, 'by') : this.processName(row);
    const found = this.grantRows.get(by + '\n' + grant);
    return found === undefined ? -1 : found;
  }

  /** When a holder learned that the fence refused it, and the acquire of its grant. */
  refused() {
    if (!this.stale) {
      this.stale = [];
      for (const kind of ['read', 'write']) {
        for (const row of this.rowsOfKind[this.kinds.indexOf(kind)] || []) {
          if (this.outcomeWord(row) === 'stale' && this.grantOf(row) >= 0) this.stale.push([this.endOf(row), this.grantOf(row)]);
        }
      }
    }
    return this.stale;
  }

  /** Everything that was done under the grant, in the order of its start. */
  underGrant(row) {
    if (!this.under) {
      this.under = new Map();
      for (let one = 0; one < this.n; one++) {
        const grant = this.grantOf(one);
        if (grant >= 0) {
          if (!this.under.has(grant)) this.under.set(grant, []);
          this.under.get(grant).push(one);
        }
      }
    }
    return this.under.get(row) || [];
  }
}

/** The first index whose value is at least the bound, in ascending values. */
function lowerBound(values, bound) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}
